import { binProbabilities } from '@pixelrnn/metrics';
import { receptiveRadius, scaleIntensities } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';

export interface SamplingOptions {
  count: number;
  height: number;
  width: number;
  colors: number;
  levels: number;
  seed: number;
  /**
   * Intensities [count, height, width, colors] to start from, all 0 by default. Only a multi-scale model reads any of them before
   * they are drawn: the pixels of the subsampled image, which it gives back as they are.
   */
  start?: Uint8Array;
  /** Called after each row of pixels, and awaited; what it throws ends the drawing. */
  onProgress?: (rows: number) => void | Promise<void>;
}

/**
 * Ancestral sampling (PixelRNN, section 2): pixels row by row, left to right, the colours of a pixel in their order, each
 * drawn from the model's conditional given everything before it. `count` images advance together.
 *
 * Only the window that a pixel can depend on is evaluated, as far as the model's layers are known.
 *
 * @returns intensities [count, height, width, colors]
 */
export async function sample(model: tf.LayersModel, options: SamplingOptions): Promise<Uint8Array> {
  const { count, height, width, colors, levels, seed, onProgress } = options;
  const images = startOf(options);
  const random = new Random(seed).split('sampling');
  const radius = receptiveRadius(model);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const window = radius
        ? {
            top: Math.max(0, row - radius.rows),
            bottom: row + 1,
            left: Math.max(0, column - radius.columns),
            right: Math.min(width, column + radius.columns + 1),
          }
        : { top: 0, bottom: height, left: 0, right: width };
      for (let color = 0; color < colors; color++) {
        const probabilities = tf.tidy(() => {
          const { pixels, shape } = crop(images, [count, height, width, colors], window);
          const output = model.apply(scaleIntensities(pixels, shape, levels)) as tf.Tensor;
          return conditional(output, row - window.top, column - window.left, color, levels);
        });
        const values = await probabilities.data();
        probabilities.dispose();
        for (let image = 0; image < count; image++) {
          const position = ((image * height + row) * width + column) * colors + color;
          images[position] = draw(values, image, levels, random.uniform());
        }
      }
    }
    await onProgress?.(row + 1);
  }
  return images;
}

function startOf({ count, height, width, colors, start }: SamplingOptions): Uint8Array {
  const size = count * height * width * colors;
  if (start && start.length !== size) {
    throw new Error(
      `sample: start must hold ${count} x ${height} x ${width} x ${colors} intensities, got ${start.length}`,
    );
  }
  return start ? Uint8Array.from(start) : new Uint8Array(size);
}

interface Window {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function crop(
  images: Uint8Array,
  [count, height, width, colors]: [number, number, number, number],
  { top, bottom, left, right }: Window,
): { pixels: Uint8Array; shape: [number, number, number, number] } {
  const line = (right - left) * colors;
  const pixels = new Uint8Array(count * (bottom - top) * line);
  let to = 0;
  for (let image = 0; image < count; image++) {
    for (let row = top; row < bottom; row++) {
      const from = ((image * height + row) * width + left) * colors;
      pixels.set(images.subarray(from, from + line), to);
      to += line;
    }
  }
  return { pixels, shape: [count, bottom - top, right - left, colors] };
}

/** p(intensity) of one pixel's colour: [B, levels], or [B, 1] = p(1) of a Bernoulli. */
function conditional(
  output: tf.Tensor,
  row: number,
  column: number,
  color: number,
  levels: number,
): tf.Tensor {
  const [batch, , , , ...last] = output.shape as number[];
  const begin = [0, row, column, color, ...last.map(() => 0)];
  const chosen = tf.slice(output, begin, [batch as number, 1, 1, 1, ...last]);
  if (last.length === 0) return tf.sigmoid(tf.reshape(chosen, [batch as number, 1]));
  if (last.length === 1) return tf.softmax(tf.reshape(chosen, [batch as number, levels]));
  return binProbabilities(tf.reshape(chosen, [batch as number, ...last]), levels);
}

/** Inverse transform sampling. */
function draw(probabilities: ArrayLike<number>, image: number, levels: number, uniform: number): number {
  if (levels === 2) return uniform < (probabilities[image] as number) ? 1 : 0;
  let sum = 0;
  for (let level = 0; level < levels - 1; level++) {
    sum += probabilities[image * levels + level] as number;
    if (uniform < sum) return level;
  }
  return levels - 1;
}
