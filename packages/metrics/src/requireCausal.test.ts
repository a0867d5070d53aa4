import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { requireCausal } from './requireCausal.js';

beforeAll(() => loadEngine({ quiet: true }));

const shape = { height: 4, width: 5, colors: 1 };
const size = 20;

/** Logits that are sums over the values that a matrix names, [to, from]. */
const sums = (reads: (to: number, from: number) => boolean) => (images: tf.Tensor4D) =>
  tf.tidy(() => {
    const matrix = tf.tensor2d(
      Float32Array.from({ length: size * size }, (_, i) => (reads(Math.floor(i / size), i % size) ? 1 : 0)),
      [size, size],
    );
    return tf.reshape(tf.matMul(matrix, tf.reshape(images, [size, 1])), images.shape);
  });

describe('requireCausal', () => {
  it('lets a model pass that reads all before a value, of one colour or of two', () => {
    const before = sums((to, from) => from < to);
    requireCausal(before, shape);
    requireCausal(before, { height: 2, width: 5, colors: 2 });
    requireCausal((x) => tf.stack([before(x), tf.mul(before(x), 2)], 4), shape);
    requireCausal(before, shape, { values: 1 });
  });

  it.each<[string, (to: number, from: number) => boolean, string]>([
    [
      'itself',
      (to, from) => from <= to,
      'the logits of row 0, column 0, colour 0 change with row 0, column 0, colour 0',
    ],
    [
      'one later value',
      (to, from) => from < to || (to === 7 && from === 12),
      'the logits of row 1, column 2, colour 0 change with row 2, column 2, colour 0',
    ],
    [
      'the last one from the first',
      (to, from) => to === 0 && from === 19,
      'the logits of row 0, column 0, colour 0 change with row 3, column 4, colour 0',
    ],
  ])('names the output that reads %s', (_, reads, message) => {
    expect(() => requireCausal(sums(reads), shape)).toThrow(
      `requireCausal: not causal: ${message} of the image`,
    );
  });

  it('names colours', () => {
    const own = sums((to, from) => from < to || (to === 5 && from === 5));
    expect(() => requireCausal(own, { height: 2, width: 5, colors: 2 })).toThrow(
      'the logits of row 0, column 2, colour 1 change with row 0, column 2, colour 1',
    );
  });

  it('sees logits that stop being numbers', () => {
    const broken = (images: tf.Tensor4D) => tf.log(tf.sub(images, tf.reverse(images)));
    expect(() => requireCausal(broken, shape)).toThrow('not causal');
  });

  it('keeps no tensor', () => {
    const { numTensors } = tf.memory();
    requireCausal(
      sums((to, from) => from < to),
      shape,
    );
    expect(tf.memory().numTensors).toBe(numTensors);
  });

  it.each<[() => void, string]>([
    [() => requireCausal({} as never, shape), 'such as (x) => forward(model, x), got an object'],
    [() => requireCausal((x) => x, { height: 4, width: 5 } as never), 'got 4, 5, undefined'],
    [() => requireCausal((x) => x, shape, { values: 0 }), 'a number of values from 1, got 0'],
    [
      () => requireCausal((x) => tf.mean(x, 1), shape),
      'expected logits [1, 4, 5, 1] or [..., levels], got [1,5,1]',
    ],
  ])('says what was expected', (call, message) => {
    expect(call).toThrow(message);
  });
});
