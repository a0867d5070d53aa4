import { claimedContext } from '@pixelrnn/layers';
import {
  type ContextShape,
  idealContext,
  logLikelihood,
  type Output,
  receptiveField,
} from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { forward } from '../forward.js';
import { planOf } from '../planOf.js';
import { scaleIntensities } from '../scaleIntensities.js';
import { type ContextStep, expectedContext } from './expectedContext.js';

/**
 * The inputs that one output depends on, 1 or 0, [H, W, C]. Every weight is made positive and the image is of ones: no ReLU
 * is closed and no two paths cancel, so a gradient is zero only where no path leads.
 */
export function dependencies(model: tf.LayersModel, shape: ContextShape, output: Output): Uint8Array {
  tf.tidy(() => {
    model.setWeights(model.getWeights().map((weight) => tf.add(tf.mul(tf.abs(weight), 0.3), 0.02)));
  });
  const images = tf.ones([1, shape.height, shape.width, shape.colors]) as tf.Tensor4D;
  const field = receptiveField((x) => forward(model, x), images, output);
  images.dispose();
  return Uint8Array.from(field, (value) => (value === 0 ? 0 : 1));
}

/**
 * Every output depends on exactly the context expected, by its gradient and by its plan's claim; and that lies inside the
 * ideal one, to which a single layer with mask B adds its own colour.
 */
export function expectDependencies(
  model: tf.LayersModel,
  shape: ContextShape,
  steps: readonly ContextStep[],
  { ownColor = false } = {},
): void {
  const plan = planOf(model);
  forEachOutput(shape, (output) => {
    const { row, column, color } = output;
    const at = JSON.stringify(output);
    const expected = expectedContext(steps, shape, output);
    const found = dependencies(model, shape, output);
    expect(found, `gradients, ${at}`).toEqual(expected);
    expect(claimedContext(plan, output), `plan, ${at}`).toEqual(expected);
    const ideal = idealContext(shape, output);
    if (ownColor) ideal[(row * shape.width + column) * shape.colors + color] = 1;
    expect(found.every((seen, i) => seen <= (ideal[i] as number))).toBe(true);
  });
}

/** Every colour of every pixel. */
export function forEachOutput(
  { height, width, colors }: ContextShape,
  visit: (output: Output) => void,
): void {
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      for (let color = 0; color < colors; color++) visit({ row, column, color });
    }
  }
}

/** Every image of `size` intensities in 0 .. levels - 1, one after the other. */
export function everyImage(size: number, levels: number): Uint8Array {
  return Uint8Array.from(
    { length: levels ** size * size },
    (_, i) => Math.floor(Math.floor(i / size) / levels ** (i % size)) % levels,
  );
}

/**
 * Log-likelihoods, in nats, of every image of a tiny space.
 *
 * @param conditions the model's further inputs for so many images
 */
export function everyLogLikelihood(
  model: tf.LayersModel,
  { height, width, colors, levels }: ContextShape & { levels: number },
  conditions: (batch: number) => tf.Tensor[] = () => [],
): Float32Array {
  const size = height * width * colors;
  const images = everyImage(size, levels);
  const shape: [number, number, number, number] = [levels ** size, height, width, colors];
  return tf.tidy(() => {
    const inputs = [scaleIntensities(images, shape, levels), ...conditions(shape[0])];
    const logits = forward(model, inputs);
    return logLikelihood(logits, tf.tensor(images, shape, 'int32'), levels).dataSync() as Float32Array;
  });
}
