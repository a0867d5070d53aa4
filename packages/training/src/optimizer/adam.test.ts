import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { Adam } from './adam.js';

beforeAll(() => loadEngine({ quiet: true }));

it("takes the steps of the paper's algorithm 1", () => {
  const variable = tf.variable(tf.tensor1d([1, -2]));
  const optimizer = new Adam([variable], { learningRate: 0.1, beta1: 0.5, beta2: 0.75, epsilon: 0.5 });
  const expected = [1, -2];
  const mean = [0, 0];
  const square = [0, 0];
  for (const [t, gradient] of [
    [2, -4],
    [1, 8],
    [0, 1],
  ].entries()) {
    optimizer.step([tf.tensor1d(gradient)]);
    for (const [i, g] of gradient.entries()) {
      mean[i] = 0.5 * (mean[i] as number) + 0.5 * g;
      square[i] = 0.75 * (square[i] as number) + 0.25 * g * g;
      const unbiased = (mean[i] as number) / (1 - 0.5 ** (t + 1));
      const root = Math.sqrt((square[i] as number) / (1 - 0.75 ** (t + 1)));
      expected[i] = (expected[i] as number) - (0.1 * unbiased) / (root + 0.5);
      expect(variable.dataSync()[i]).toBeCloseTo(expected[i] as number, 5);
    }
  }
});

it('resumes from a restored state, the number of its step included, as if it had not stopped', () => {
  const steps = (count: number, optimizer: Adam, from = 0) => {
    for (let i = from; i < from + count; i++) optimizer.step([tf.tensor1d([Math.sin(i), 1])], 0.1 + i);
  };
  const whole = tf.variable(tf.zeros([2]));
  steps(6, new Adam([whole], { learningRate: 0.1 }));
  const halved = tf.variable(tf.zeros([2]));
  const before = new Adam([halved], { learningRate: 0.1 });
  steps(3, before);
  expect(before.state().updates).toBe(3);
  const after = new Adam([halved], { learningRate: 0.1 });
  after.restore(before.state());
  before.dispose();
  steps(3, after, 3);
  expect(halved.dataSync()).toEqual(whole.dataSync());
});
