import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { alone } from './communicator.js';
import { sumOverRanks, throughHost } from './sumOverRanks.js';

beforeAll(() => loadEngine({ quiet: true }));

test('a world of one has its own tensors', () => {
  const values = [tf.tensor2d([[1, 2]]), tf.scalar(3)];
  expect(sumOverRanks(alone, values, 1)).toEqual(values);
});

test('through an array: weighted, all in one sum, in their shapes, and nothing is left', () => {
  const values = [tf.tensor2d([[1, 2]]), tf.scalar(3)];
  const sums: number[][] = [];
  const other = (array: Float32Array) => {
    sums.push([...array]);
    for (const i of array.keys()) array[i] = (array[i] as number) + 10; // another rank's
  };
  const { numTensors } = tf.memory();
  const summed = throughHost({ sum: other }, values, 0.25);
  expect(sums).toEqual([[0.25, 0.5, 0.75]]);
  expect(summed.map(({ shape }) => shape)).toEqual([[1, 2], []]);
  expect(summed.flatMap((tensor) => [...tensor.dataSync()])).toEqual([10.25, 10.5, 10.75]);
  tf.dispose(summed);
  expect(tf.memory().numTensors).toBe(numTensors);
  expect([...(values[0] as tf.Tensor).dataSync()]).toEqual([1, 2]);
});
