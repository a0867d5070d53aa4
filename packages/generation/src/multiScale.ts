import type { MultiScaleModel } from '@pixelrnn/models';
import type { ImageShape } from './imageShape.js';
import type { Target } from './target.js';
import { targetOf } from './targetOf.js';

/** The models of the subsampled and of the whole image. */
export const multiScaleStages = (model: MultiScaleModel): { small: Target; large: Target } => ({
  small: targetOf(model.unconditional),
  large: targetOf(model.conditional),
});

/** Writes the values of subsampled images at every stride-th pixel of every stride-th row of images [count, H, W, C]. */
export function writeSubsampled<T extends Uint8Array | Float32Array>(
  images: T,
  small: T,
  { height, width, channels }: ImageShape,
  stride: number,
): void {
  const count = images.length / (height * width * channels);
  let from = 0;
  for (let image = 0; image < count; image++) {
    for (let row = 0; row < height; row += stride) {
      for (let column = 0; column < width; column += stride) {
        const to = ((image * height + row) * width + column) * channels;
        for (let color = 0; color < channels; color++) images[to + color] = small[from++] as number;
      }
    }
  }
}

/** Masks [count, H, W] with every stride-th pixel of every stride-th row known too; as they are where there is no stride. */
export function knownAt({ height, width }: ImageShape, stride: number | null, known: Uint8Array): Uint8Array {
  if (stride === null) return known;
  return known.map((value, i) => {
    const pixel = i % (height * width);
    const given = Math.floor(pixel / width) % stride === 0 && (pixel % width) % stride === 0;
    return given ? 1 : value;
  });
}
