import { shown } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import type { ContextShape } from './requireInside.js';

/**
 * Tries whether a model is causal, so that its numbers are likelihoods (*Pixel Recurrent Neural Networks*, section 2): where the
 * values of an image from one on are replaced, the logits of that value and of all before must stay as they are. It asks
 * nothing of the layers and leaves the weights alone, so that it does for layers that do not describe themselves; with the
 * weights that the model has now, a path through ReLUs that are closed is not seen.
 *
 * @param model from scaled pixels [B, H, W, C] to logits [B, H, W, C, levels] or [B, H, W, C]
 * @param options.values at how many values of the image this is tried, evenly spaced; all where there are fewer; default 64
 * @param options.seed of the random images
 * @throws Error naming the first output that depends on itself or on a later value, and the last value that it reads
 */
export function requireCausal(
  model: (images: tf.Tensor4D) => tf.Tensor,
  { height, width, colors }: ContextShape,
  { values = 64, seed = 0 }: { values?: number; seed?: number } = {},
): void {
  if (typeof model !== 'function') {
    throw new Error(
      `requireCausal: expected a function from pixels to logits, such as (x) => forward(model, x), got ${shown(model)}`,
    );
  }
  const size = height * width * colors;
  if (!Number.isInteger(size) || size < 1) {
    throw new Error(`requireCausal: expected a height, width and colors, got ${height}, ${width}, ${colors}`);
  }
  if (!Number.isInteger(values) || values < 1) {
    throw new Error(`requireCausal: expected a number of values from 1, got ${shown(values)}`);
  }
  const [image, other] = [0, 1].map((i) =>
    tf.tidy(() => tf.randomUniform([size], -1, 1, 'float32', 2 * seed + i).dataSync()),
  ) as [Float32Array, Float32Array];
  /** Logits [size, levels] of the image whose values from `first` on are the other's. */
  const logits = (first: number): Float32Array =>
    tf.tidy(() => {
      const pixels = Float32Array.from(image, (value, i) => (i < first ? value : (other[i] as number)));
      const output = model(tf.tensor4d(pixels, [1, height, width, colors]));
      if (output.size % size !== 0) {
        throw new Error(
          `requireCausal: expected logits [1, ${height}, ${width}, ${colors}] or [..., levels], got [${output.shape}]`,
        );
      }
      return output.dataSync<'float32'>();
    });
  const before = logits(size);
  const levels = before.length / size;
  const least = 1e-6 * before.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  /** The first output from one on, up to another, whose logits are not those of before; null where there is none. */
  const changed = (now: Float32Array, from: number, to: number): number | null => {
    for (let i = from * levels; i < (to + 1) * levels; i++) {
      if (!(Math.abs((now[i] as number) - (before[i] as number)) <= least)) return Math.floor(i / levels);
    }
    return null;
  };

  const count = Math.min(values, size);
  for (let i = 0; i < count; i++) {
    const first = count === 1 ? size - 1 : Math.round((i * (size - 1)) / (count - 1));
    const output = changed(logits(first), 0, first);
    if (output === null) continue;
    const read = lastThat((input) => changed(logits(input), output, output) !== null, first, size);
    const name = (index: number) => {
      const pixel = Math.floor(index / colors);
      return `row ${Math.floor(pixel / width)}, column ${pixel % width}, colour ${index % colors}`;
    };
    throw new Error(
      `requireCausal: not causal: the logits of ${name(output)} change with ${name(read)} of the image; begin with mask A, and read only what is above or to the left`,
    );
  }
}

/** The last number from `low` on, below `high`, that satisfies what all up to it do, as `low` does. */
function lastThat(satisfies: (value: number) => boolean, low: number, high: number): number {
  let [yes, no] = [low, high];
  while (no - yes > 1) {
    const middle = (yes + no) >> 1;
    if (satisfies(middle)) yes = middle;
    else no = middle;
  }
  return yes;
}
