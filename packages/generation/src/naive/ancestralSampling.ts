import { forward, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { breather } from '../breather.js';
import type { ConditionValues } from '../condition.js';
import type { ImageShape } from '../imageShape.js';
import { noiseBits } from '../noise.js';
import { conditionals } from './conditionals.js';

export interface AncestralSamplingOptions {
  shape: ImageShape;
  count: number;
  /** Intensities [count, H, W, C] to start from: those of known pixels count. */
  start: Uint8Array;
  /** [count, H, W], 1 where a pixel stays as it is. */
  known: Uint8Array;
  /** [count, H, W, C], integers of 24 bits. */
  noise: Uint32Array;
  temperature: number;
  /** Values of the model's inputs after the first. */
  conditions: ConditionValues;
  /** 1: none. */
  guidance: number;
  /** Called with the pixels that are done of all images, after each row; what it throws ends the drawing. */
  onPixels: (done: number) => void | Promise<void>;
  /** Ends the drawing before the next colour of a pixel. */
  signal?: AbortSignal | undefined;
}

/**
 * Ancestral sampling (PixelRNN, section 2) by its definition: pixels row by row, left to right, the colours of a pixel in
 * their order, each drawn from the model's conditional given everything before it, which is evaluated anew every time.
 * `count` images advance together.
 *
 * The slow way, for models that no plan can be made of, and what the fast one is compared with.
 *
 * @returns intensities [count, H, W, C]
 */
export async function ancestralSampling(
  model: tf.LayersModel,
  options: AncestralSamplingOptions,
): Promise<Uint8Array> {
  const { shape, count, known, noise, conditions, guidance, temperature, onPixels } = options;
  const { height, width, channels, levels } = shape;
  const breathe = breather();
  const images = options.start.slice();
  const logitsAt = (row: number, column: number, color: number, given: ConditionValues): tf.Tensor => {
    const pixels = scaleIntensities(images, [count, height, width, channels], levels);
    const output = forward(model, [pixels, ...conditionTensors(model, given, count)]);
    return at(output, row, column, color);
  };
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const pixel = row * width + column;
      const drawn = indicesWhere(count, (image) => known[image * height * width + pixel] !== 1);
      if (drawn.length === 0) continue;
      for (let color = 0; color < channels; color++) {
        const probabilities = tf.tidy(() => {
          const output = logitsAt(row, column, color, conditions);
          if (guidance === 1) return conditionals(output, levels, { temperature });
          const none = conditions.map((values) => new Float32Array(values.length));
          const unconditional = logitsAt(row, column, color, none);
          return conditionals(output, levels, {
            temperature,
            guidance: { unconditional, factor: guidance },
          });
        });
        const values = await probabilities.data();
        const outcomes = probabilities.shape[1];
        probabilities.dispose();
        await breathe();
        options.signal?.throwIfAborted();
        for (const image of drawn) {
          const position = (image * height * width + pixel) * channels + color;
          const uniform = (noise[position] as number) / 2 ** noiseBits;
          images[position] = draw(values.subarray(image * outcomes, (image + 1) * outcomes), uniform);
        }
      }
    }
    await onPixels((row + 1) * width * count);
  }
  return images;
}

const indicesWhere = (count: number, holds: (i: number) => boolean): number[] =>
  Array.from({ length: count }, (_, i) => i).filter(holds);

/** The model's inputs after the first. */
export function conditionTensors(model: tf.LayersModel, values: ConditionValues, count: number): tf.Tensor[] {
  return values.map((given, i) => {
    const shape = (model.inputs[i + 1] as tf.SymbolicTensor).shape.slice(1) as number[];
    return tf.tensor(given, [count, ...shape]);
  });
}

/** A model's output for one colour of one pixel: [B], [B, levels] or [B, K, 3]. */
function at(output: tf.Tensor, row: number, column: number, color: number): tf.Tensor {
  const [batch, , , , ...last] = output.shape as number[];
  const begin = [0, row, column, color, ...last.map(() => 0)];
  const chosen = tf.slice(output, begin, [batch as number, 1, 1, 1, ...last]);
  return tf.reshape(chosen, [batch as number, ...last]);
}

/** Inverse transform sampling: from p(1) of a Bernoulli, or from the probabilities of all levels. */
function draw(probabilities: ArrayLike<number>, uniform: number): number {
  if (probabilities.length === 1) return uniform < (probabilities[0] as number) ? 1 : 0;
  let sum = 0;
  for (let level = 0; level < probabilities.length - 1; level++) {
    sum += probabilities[level] as number;
    if (uniform < sum) return level;
  }
  return probabilities.length - 1;
}
