import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { receptiveField } from './receptiveField.js';

beforeAll(() => loadEngine({ quiet: true }));

it('of a model in place of a function says what to pass', () => {
  const output = { row: 0, column: 0, color: 0 };
  const model = tf.sequential({ layers: [tf.layers.reLU({ inputShape: [2, 2, 1] })] });
  const images = tf.ones([1, 2, 2, 1]) as tf.Tensor4D;
  const given = model as unknown as (images: tf.Tensor4D) => tf.Tensor;
  expect(() => receptiveField(given, images, output)).toThrow(
    'receptiveField: expected a function from pixels to logits, such as (x) => forward(model, x), got a Sequential',
  );
});
