import { PlotError } from '../figures/figure.js';
import { encodePng } from './encodePicture.js';
import { type ImageGridOptions, layOut } from './layOut.js';

export interface BesideGridOptions extends Omit<ImageGridOptions, 'columns'> {
  /** As many images of the same shape: the real ones, or the nearest training image of each. */
  beside: Uint8Array;
  /** How they are set: `halves` a grid of each, left and right; `pairs` each image with its own to the right. */
  arrangement: 'halves' | 'pairs';
}

const partition = 8;

/**
 * Two sets of images side by side at the same scale, as PNG. Eight white pixels part the halves.
 * @throws PlotError when the lengths do not fit the shape, or an intensity or option is out of range.
 */
export async function besideGrid(options: BesideGridOptions): Promise<Buffer> {
  const { images, beside, arrangement, count, ...rest } = options;
  if (beside.length !== images.length) {
    throw new PlotError(
      `Grid beside: as many images were expected beside, ${images.length} intensities, got ${beside.length}.`,
    );
  }
  if (arrangement === 'halves') return encodePng(joined(options));
  const size = images.length / count;
  const pairs = new Uint8Array(2 * images.length);
  for (let i = 0; i < count; i++) {
    pairs.set(images.subarray(i * size, (i + 1) * size), 2 * i * size);
    pairs.set(beside.subarray(i * size, (i + 1) * size), (2 * i + 1) * size);
  }
  const columns = 2 * Math.ceil(Math.sqrt(count / 2));
  return encodePng(layOut({ ...rest, images: pairs, count: 2 * count, columns }));
}

function joined({ images, beside, arrangement, ...rest }: BesideGridOptions) {
  const left = layOut({ ...rest, images });
  const right = layOut({ ...rest, images: beside });
  const { height, channels } = left;
  const between = partition * channels;
  const line = left.width * channels;
  const width = 2 * left.width + partition;
  const data = Buffer.alloc(height * width * channels, 255);
  for (let y = 0; y < height; y++) {
    left.data.copy(data, y * width * channels, y * line, (y + 1) * line);
    right.data.copy(data, y * width * channels + line + between, y * line, (y + 1) * line);
  }
  return { data, height, width, channels };
}
