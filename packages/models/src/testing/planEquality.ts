import { checkPlan, referenceLogits } from '@pixelrnn/kernels/plan';
import { binProbabilities } from '@pixelrnn/metrics';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { planOf } from '../planOf.js';
import { scaleIntensities } from '../scaleIntensities.js';

/** Images. */
const count = 2;

/** Weights that are all live: biases and initial states too. */
function randomWeights(model: tf.LayersModel): void {
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.7, 'float32', i + 1)),
    );
  });
}

/** What follows from every pixel by the plan and by `predict`: logits, or a mixture's probabilities of the intensities. */
function bothWays(model: tf.LayersModel) {
  const plan = planOf(model);
  checkPlan(plan);
  const { height, width, colors, levels, output, conditions, maps } = plan;
  const random = new Random(7);
  const intensities = Uint8Array.from({ length: count * height * width * colors }, () =>
    Math.floor(random.uniform() * levels),
  );
  const given = conditions.map((id) => {
    const { channels, stride } = maps[id]!;
    const shape = stride === 0 ? [count, channels] : [count, height / stride, width / stride, channels];
    return tf.randomNormal(shape, 0, 1, 'float32', id);
  });
  const byPlan = referenceLogits(plan, {
    count,
    intensities,
    conditions: given.map((each) => each.dataSync() as Float32Array),
  });
  const expected = tf.tidy(() => {
    const pixels = scaleIntensities(intensities, [count, height, width, colors], levels);
    const predicted = model.predict(given.length > 0 ? [pixels, ...given] : pixels) as tf.Tensor;
    if (output.kind !== 'mcgsm') return predicted.dataSync();
    const mixtures = tf.reshape(predicted, [count * height * width * colors, -1, 3]);
    return binProbabilities(mixtures, levels).dataSync();
  });
  tf.dispose(given);
  const actual = output.kind === 'mcgsm' ? byPlan.map(Math.exp) : byPlan;
  return { plan, actual, expected };
}

/**
 * Evaluated pixel by pixel, from earlier values alone, the model's plan gives at every pixel and colour what its `predict` gives
 * at once, to 1e-4, with random weights; known pixels aside, whose value is given.
 */
export function expectPlanEqualsPredict(model: tf.LayersModel): void {
  randomWeights(model);
  const { plan, actual, expected } = bothWays(model);
  const { width, height, knownStride } = plan;
  expect(actual.length).toBe(expected.length);
  const perPixel = expected.length / (count * height * width);
  const worst = { error: 0, at: '' };
  let compared = 0;
  expected.forEach((value, i) => {
    const pixel = Math.floor(i / perPixel) % (height * width);
    const [row, column] = [Math.floor(pixel / width), pixel % width];
    if (knownStride && row % knownStride === 0 && column % knownStride === 0) return;
    compared++;
    const error = Math.abs((actual[i] as number) - value);
    if (error <= worst.error || Number.isNaN(worst.error)) return;
    Object.assign(worst, { error, at: `row ${row}, column ${column}, value ${i % perPixel}` });
  });
  expect(worst.error, worst.at).toBeLessThan(1e-4);
  expect(compared).toBeGreaterThan(expected.length / 2);
  expect(Math.max(...expected) - Math.min(...expected), 'values that differ').toBeGreaterThan(0.1);
}
