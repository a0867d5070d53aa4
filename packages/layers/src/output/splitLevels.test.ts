import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { splitLevels } from './splitLevels.js';

beforeAll(() => loadEngine({ quiet: true }));

it('keeps contiguous colour groups together', () => {
  const layer = splitLevels({ colors: 3, levels: 2 });
  const logits = layer.apply(tf.tensor4d([0, 1, 10, 11, 20, 21], [1, 1, 1, 6])) as tf.Tensor;
  expect(logits.shape).toEqual([1, 1, 1, 3, 2]);
  expect(logits.arraySync()).toEqual([
    [
      [
        [
          [0, 1],
          [10, 11],
          [20, 21],
        ],
      ],
    ],
  ]);
});

it('refuses channels that do not divide into colours and levels', () => {
  const layer = splitLevels({ colors: 3, levels: 4 });
  expect(() => layer.computeOutputShape([null, 2, 2, 8])).toThrow(
    'expected 3 x 4 channels, got input [,2,2,8]',
  );
});
