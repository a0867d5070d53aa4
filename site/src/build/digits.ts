import { readFile } from 'node:fs/promises';
import type { DatasetSplits } from '@pixelrnn/data';
import { decode, encode } from 'fast-png';

/** Real digits that the page offers: 64 of the test images of binarized MNIST, evenly spaced, 8 x 8 in a PNG of 224 x 224. */
export const digitsFile = new URL('../../digits.png', import.meta.url);
export const digitsDataset = 'binarized MNIST (fixed)';

/** What they are: the dataset is sorted so. */
export const digitLabels = '0000000111111122222223333334444445555556666667777777888888999999';

const [perRow, side] = [8, 28];
const count = perRow * perRow;

/** Intensities 0 and 1 [64, 28, 28]. */
export async function readDigits(file: URL = digitsFile): Promise<Uint8Array> {
  const { data, width, height, channels } = decode(await readFile(file));
  if (width !== perRow * side || height !== perRow * side || channels !== 1) {
    throw new Error(
      `${file.pathname} should be a grey PNG of 224 x 224 pixels, got ${width} x ${height}: make it again.`,
    );
  }
  return tiled((at, place) => [at, data[place] === 0 ? 0 : 1]);
}

/** The digits of the page from the dataset. */
export const realDigits = ({ test }: DatasetSplits): Uint8Array => test.subset(count).images;

/** The file that {@link readDigits} reads. */
export function encodeDigits(images: Uint8Array): Uint8Array {
  const data = tiled((at, place) => [place, 255 * (images[at] as number)]);
  return encode({ width: perRow * side, height: perRow * side, channels: 1, depth: 8, data });
}

/** Fills an array from pairs of place and value, for each pixel [64, 28, 28] and its place in the picture. */
function tiled(pair: (at: number, place: number) => [number, number]): Uint8Array {
  const values = new Uint8Array(count * side * side);
  for (let at = 0; at < values.length; at++) {
    const [image, row, column] = [Math.floor(at / (side * side)), Math.floor(at / side) % side, at % side];
    const place =
      (Math.floor(image / perRow) * side + row) * perRow * side + (image % perRow) * side + column;
    const [to, value] = pair(at, place);
    values[to] = value;
  }
  return values;
}

/** Eight pixels a byte, the first in the highest bit. */
export function packBits(images: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(images.length / 8));
  for (const [i, value] of images.entries()) if (value) bytes[i >> 3]! |= 128 >> (i & 7);
  return bytes;
}
