import { PlotError } from './figures/figure.js';

export interface ImageGridOptions {
  /** Intensities [count, height, width, channels], 0 to levels - 1. */
  images: Uint8Array;
  count: number;
  height: number;
  width: number;
  /** 1 for grey, 3 for RGB. */
  channels: number;
  /** Intensities of a pixel, 2 to 256: 0 is black, levels - 1 white. */
  levels: number;
  /** Images in a row; default the smallest square that holds all. */
  columns?: number;
  /** Output pixels a side for each pixel; default 2. Nearest neighbour, so pixels stay sharp. */
  scale?: number;
  /** White output pixels between two images and around the grid; default 2. */
  gap?: number;
}

const white = 255;

/**
 * Lays images out in a grid, row by row, and encodes it as PNG; cells without an image stay white.
 * @throws PlotError when the length does not fit the shape, or an intensity or option is out of range.
 */
export async function imageGrid(options: ImageGridOptions): Promise<Buffer> {
  const { images, count, height, width, channels, levels, scale = 2, gap = 2 } = options;
  const columns = options.columns ?? Math.ceil(Math.sqrt(count));
  check({ images, count, height, width, channels, levels, columns, scale, gap });

  const rows = Math.ceil(count / columns);
  const gridWidth = columns * (width * scale + gap) + gap;
  const gridHeight = rows * (height * scale + gap) + gap;
  const grid = Buffer.alloc(gridHeight * gridWidth * channels, white); // [gridHeight, gridWidth, channels]
  const lineBytes = width * scale * channels;
  for (let n = 0; n < count; n++) {
    const left = (n % columns) * (width * scale + gap) + gap;
    const top = Math.floor(n / columns) * (height * scale + gap) + gap;
    for (let y = 0; y < height; y++) {
      const first = ((top + y * scale) * gridWidth + left) * channels;
      for (let i = 0; i < lineBytes; i++) {
        const x = Math.floor(i / (channels * scale));
        const intensity = images[((n * height + y) * width + x) * channels + (i % channels)]!;
        grid[first + i] = Math.round((intensity * white) / (levels - 1));
      }
      for (let copy = 1; copy < scale; copy++) {
        grid.copyWithin(first + copy * gridWidth * channels, first, first + lineBytes);
      }
    }
  }
  const { default: sharp } = await import('sharp');
  const raw = { width: gridWidth, height: gridHeight, channels: channels as 1 | 3 };
  const picture = sharp(grid, { raw });
  return (channels === 1 ? picture.toColourspace('b-w') : picture).png({ compressionLevel: 9 }).toBuffer();
}

function check(options: Required<ImageGridOptions>): void {
  const { images, count, height, width, channels, levels } = options;
  for (const name of ['count', 'height', 'width', 'columns', 'scale'] as const) {
    if (!Number.isInteger(options[name]) || options[name] < 1) {
      throw new PlotError(`Image grid: ${name} must be a positive integer, got ${options[name]}.`);
    }
  }
  if (!Number.isInteger(options.gap) || options.gap < 0) {
    throw new PlotError(`Image grid: gap must be 0 or a positive integer, got ${options.gap}.`);
  }
  if (channels !== 1 && channels !== 3) {
    throw new PlotError(`Image grid: channels must be 1 (grey) or 3 (RGB), got ${channels}.`);
  }
  if (!Number.isInteger(levels) || levels < 2 || levels > 256) {
    throw new PlotError(`Image grid: levels must be a whole number from 2 to 256, got ${levels}.`);
  }
  const length = count * height * width * channels;
  if (images.length !== length) {
    throw new PlotError(
      `Image grid: images of shape [${count}, ${height}, ${width}, ${channels}] hold ${length} intensities, got ${images.length}.`,
    );
  }
  const wrong = images.findIndex((intensity) => intensity >= levels);
  if (wrong >= 0) {
    throw new PlotError(
      `Image grid: with ${levels} levels an intensity is at most ${levels - 1}, got ${images[wrong]} at index ${wrong}; give levels: 256 for 8-bit images.`,
    );
  }
}
