import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { FixedGaussian, fixedGaussian } from './fixedGaussian.js';

beforeAll(() => loadEngine({ quiet: true }));

it('gives each number as the mean of one Gaussian of the same deviation', () => {
  const layer = fixedGaussian({ deviation: Math.E ** -2 });
  const output = layer.apply(tf.tensor4d([0.5, -1, 0.25], [1, 1, 1, 3])) as tf.Tensor;
  expect(output.shape).toEqual([1, 1, 1, 3, 1, 3]);
  expect(layer.computeOutputShape([null, 1, 1, 3])).toEqual([null, 1, 1, 3, 1, 3]);
  const numbers = [...output.dataSync()].map((value) => Number(value.toFixed(5)));
  expect(numbers).toEqual([0, 0.5, -2, 0, -1, -2, 0, 0.25, -2]);
  expect(layer.countParams()).toBe(0);
});

it('is rebuilt from its configuration, and refuses what is no deviation', () => {
  const { deviation } = fixedGaussian({ deviation: 0.2, name: 'g' }).getConfig();
  expect(deviation).toBe(0.2);
  expect(() => new FixedGaussian({ deviation: 0 })).toThrow(
    'FixedGaussian: deviation: expected a number above 0, got 0',
  );
});

it('hands the gradient of the mean on', () => {
  const layer = fixedGaussian({ deviation: 0.2 });
  const gradient = tf.grad((x) => tf.square(layer.apply(x) as tf.Tensor))(tf.fill([1, 1, 1, 1], 3));
  expect([...gradient.dataSync()]).toEqual([6]);
});
