import type { ImageShape } from '@pixelrnn/generation';
import { imageGrid } from '@pixelrnn/plots';

/** Between black and white: what is not known. */
const unknown = 128;

/** So many copies of every image, one after the other: [N, H, W, C] -> [N x each, H, W, C]. */
export function repeatImages(images: Uint8Array, count: number, each: number): Uint8Array {
  const size = images.length / count;
  const all = new Uint8Array(images.length * each);
  for (let i = 0; i < count * each; i++) {
    const from = Math.floor(i / each) * size;
    all.set(images.subarray(from, from + size), i * size);
  }
  return all;
}

export interface CompletionPicture {
  shape: ImageShape;
  /** Intensities [N, H, W, C]. */
  originals: Uint8Array;
  /** Those of every image one after the other, [N x each, H, W, C]. */
  completed: Uint8Array;
  each: number;
  /** [H, W], 1 where a pixel is given. */
  known: Uint8Array;
}

/** A row for each image: the original, what is given of it (the rest is grey), its completions (PixelRNN, Figure 9). */
export function completionPicture({
  shape,
  originals,
  completed,
  each,
  known,
}: CompletionPicture): Promise<Buffer> {
  const { height, width, channels, levels } = shape;
  const size = height * width * channels;
  const count = originals.length / size;
  const columns = each + 2;
  const shade = (intensity: number) => Math.round((intensity * 255) / (levels - 1));
  const tiles = new Uint8Array(count * columns * size);
  for (let image = 0; image < count; image++) {
    const original = originals.subarray(image * size, (image + 1) * size).map(shade);
    const given = original.map((value, i) => (known[Math.floor(i / channels)] ? value : unknown));
    const drawn = completed.subarray(image * each * size, (image + 1) * each * size).map(shade);
    const at = image * columns * size;
    tiles.set(original, at);
    tiles.set(given, at + size);
    tiles.set(drawn, at + 2 * size);
  }
  return imageGrid({ height, width, channels, levels: 256, images: tiles, count: count * columns, columns });
}
