import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { clipByGlobalNorm, squaredNorm } from './clipping.js';
import { flatten } from './flatWeights.js';

beforeAll(() => loadEngine({ quiet: true }));

function clip(values: number[], clipNorm: number): number[] {
  const gradients = [tf.tensor2d([values.slice(0, 2)]), tf.tensor1d(values.slice(2))];
  const flat = flatten(gradients);
  const clipped = clipByGlobalNorm({ flat, squared: squaredNorm(flat), clipNorm }, gradients);
  expect(clipped.map(({ shape }) => shape)).toEqual(gradients.map(({ shape }) => shape));
  return clipped.flatMap((tensor) => [...tensor.dataSync()].map((value) => Number(value.toFixed(6))));
}

it('scales all gradients by one number where their norm together is larger', () => {
  expect(clip([2, 4, 4], 3)).toEqual([1, 2, 2]); // norm 6
  expect(clip([2, 4, 4], 6)).toEqual([2, 4, 4]);
  expect(clip([2, 4, 4], 60)).toEqual([2, 4, 4]);
  expect(clip([0, 0, 0], 1)).toEqual([0, 0, 0]);
});

it('does not hide a gradient that is not finite', () => {
  expect(clip([1, Number.NaN, 1], 1)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
});
