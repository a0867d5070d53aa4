import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { convolutionChain } from '../ops/convolutionChain.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { saveTensors } from './savedTensors.js';

beforeAll(() => loadFusedBackends());

describe('saveTensors', () => {
  it('saves what may go away and leaves variables and kept tensors as they are', () => {
    tf.tidy(() => {
      const x = tf.scalar(1);
      const weight = tf.variable(tf.scalar(2));
      const mask = tf.keep(tf.scalar(3));
      const map = tf.scalar(4);
      const passed: tf.Tensor[] = [];
      const saved = saveTensors((tensors) => void passed.push(...tensors), { x, weight, mask, map });
      expect(passed).toEqual([x, map]);
      const clones = passed.map((tensor) => tf.clone(tensor));
      const again = saved(clones);
      expect(Object.keys(again)).toEqual(['x', 'weight', 'mask', 'map']);
      expect(Object.values(again)).toEqual([clones[0], weight, mask, clones[1]]);
      tf.dispose([weight, mask]);
    });
  });

  it('keeps weights that are made on the way until the gradient has read them', () => {
    const x = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1]);
    const mask = tf.keep(tf.ones([1, 1, 1, 1]) as tf.Tensor4D);
    const bias = tf.zeros([1]) as tf.Tensor1D;
    const factor = tf.variable(tf.scalar(3));
    const taps = [{ row: 0, column: 0 }];
    const loss = () => {
      const kernel = tf.tidy(() => tf.reshape(tf.mul(factor, factor), [1, 1, 1, 1]) as tf.Tensor4D);
      return tf.sum(convolutionChain(x, [{ kernel, mask, bias, taps }])) as tf.Scalar;
    };
    const { value, grads } = tf.variableGrads(loss, [factor]);
    expect(value.dataSync()[0]).toBeCloseTo(90, 4); // 10 factor^2
    expect((grads[factor.name] as tf.Tensor).dataSync()[0]).toBeCloseTo(60, 4);
    tf.dispose([x, mask, bias, factor, value, ...Object.values(grads)]);
  });
});
