import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { withWeights } from './flatWeights.js';
import { WeightAverage } from './weightAverage.js';

beforeAll(() => loadEngine({ quiet: true }));

it('follows the weights, at first faster than its decay', () => {
  const variable = tf.variable(tf.tensor1d([0, 8]));
  const average = new WeightAverage([variable], 0.25);
  variable.assign(tf.tensor1d([11, 8]));
  average.update(1); // decay min(0.25, 2 / 11)
  expect(average.weights.dataSync()[0]).toBeCloseTo(9, 5);
  variable.assign(tf.tensor1d([1, 8]));
  average.update(2); // min(0.25, 3 / 12)
  expect(average.weights.dataSync()[0]).toBeCloseTo(3, 5);
  expect(average.weights.dataSync()[1]).toBe(8);
  average.update(100);
  expect(average.weights.dataSync()[0]).toBeCloseTo(1.5, 5);
  average.dispose();
});

it('takes the place of the weights for a while only, and gives them back after an error too', async () => {
  const variables = [tf.variable(tf.tensor2d([[0.1], [0.2]])), tf.variable(tf.scalar(0.3))];
  const before = variables.map((variable) => variable.dataSync());
  const values = () => variables.map((variable) => variable.dataSync());
  const flat = tf.tensor1d([1, 2, 3]);
  const { numTensors } = tf.memory();
  const during = await withWeights(variables, flat, async () => values().map((data) => [...data]));
  expect(during).toEqual([[1, 2], [3]]);
  expect(values()).toEqual(before);
  const failing = withWeights(variables, flat, () => Promise.reject(new Error('no')));
  await expect(failing).rejects.toThrow('no');
  expect(values()).toEqual(before);
  expect(tf.memory().numTensors).toBe(numTensors);
});
