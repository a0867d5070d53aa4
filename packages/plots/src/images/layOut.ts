import { PlotError } from '../figures/figure.js';

export interface ImageGridOptions {
  /** Intensities [count, height, width, channels], 0 to levels - 1. */
  images: Uint8Array;
  count: number;
  height: number;
  width: number;
  /** 1 for grey, 3 for RGB. */
  channels: number;
  /** 2 to 256: intensity 0 is black, the highest white. */
  levels: number;
  /** Images in a row; default the smallest square that holds all. */
  columns?: number;
  /** Output pixels a side for each pixel; default 2. Nearest neighbour, so pixels stay sharp. */
  scale?: number;
  /** White output pixels between two images and around the grid; default 2. */
  gap?: number;
}

/** Bytes [height, width, channels] of a picture. */
export interface RawPicture {
  data: Buffer;
  height: number;
  width: number;
  channels: 1 | 3;
}

const white = 255;

/**
 * Lays images out in a grid, row by row; cells without an image stay white.
 *
 * @param shade bytes that stand for the intensities, where they are not 0 to 255 in equal steps
 * @throws PlotError when the length does not fit the shape, or an intensity or option is out of range.
 */
export function layOut(options: ImageGridOptions, shade?: Uint8Array): RawPicture {
  const { images, count, height, width, channels, levels, scale = 2, gap = 2 } = options;
  const columns = options.columns ?? Math.ceil(Math.sqrt(count));
  const shades = shade ?? equalSteps(levels);
  check({ images, count, height, width, channels, levels, columns, scale, gap }, shades.length);

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
        grid[first + i] = shades[intensity]!;
      }
      for (let copy = 1; copy < scale; copy++) {
        grid.copyWithin(first + copy * gridWidth * channels, first, first + lineBytes);
      }
    }
  }
  return { data: grid, height: gridHeight, width: gridWidth, channels: channels as 1 | 3 };
}

/** Black to white in equal steps: [levels] */
function equalSteps(levels: number): Uint8Array {
  if (!Number.isInteger(levels) || levels < 2 || levels > 256) {
    throw new PlotError(`Image grid: levels must be a whole number from 2 to 256, got ${levels}.`);
  }
  return Uint8Array.from({ length: levels }, (_, level) => Math.round((level * white) / (levels - 1)));
}

function check(options: Required<ImageGridOptions>, shades: number): void {
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
  const length = count * height * width * channels;
  if (images.length !== length) {
    throw new PlotError(
      `Image grid: images of shape [${count}, ${height}, ${width}, ${channels}] hold ${length} intensities, got ${images.length}.`,
    );
  }
  const wrong = images.findIndex((intensity) => intensity >= shades);
  if (wrong >= 0) {
    throw new PlotError(
      `Image grid: with ${levels} levels an intensity is at most ${levels - 1}, got ${images[wrong]} at index ${wrong}; give levels: 256 for 8-bit images.`,
    );
  }
}
