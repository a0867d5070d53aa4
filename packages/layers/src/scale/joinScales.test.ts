import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { joinScales } from './joinScales.js';

beforeAll(() => loadEngine({ quiet: true }));

it('takes every stride-th pixel of every stride-th row from the small map, the rest from the large one', () => {
  const large = tf.range(0, 16).reshape([1, 4, 4, 1]);
  const small = tf.tensor4d([100, 102, 108, 110], [1, 2, 2, 1]);
  const joined = joinScales({ stride: 2 }).apply([large, small]) as tf.Tensor;
  expect(joined.shape).toEqual([1, 4, 4, 1]);
  expect([...joined.dataSync()]).toEqual([100, 1, 102, 3, 4, 5, 6, 7, 108, 9, 110, 11, 12, 13, 14, 15]);
});

it('keeps the levels of a pixel together', () => {
  const large = tf.zeros([1, 2, 2, 3, 4]);
  const small = tf.range(0, 12).reshape([1, 1, 1, 3, 4]);
  const joined = joinScales({ stride: 2 }).apply([large, small]) as tf.Tensor;
  expect([...joined.dataSync().slice(0, 12)]).toEqual(Array.from({ length: 12 }, (_, i) => i));
  expect(joined.sum().dataSync()[0]).toBe(66);
});

it('names shapes that do not fit', () => {
  const input = (shape: number[]) => tf.input({ shape });
  const layer = joinScales({ stride: 2 });
  expect(() => layer.apply([input([4, 4, 1]), input([2, 4, 1])])).toThrow(
    'expected logits [B, H, W, ...] and [B, H / 2, W / 2, ...]',
  );
  expect(layer.getConfig()).toMatchObject({ stride: 2 });
});
