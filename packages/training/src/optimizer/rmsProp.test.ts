import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { RMSProp } from './rmsProp.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('RMSProp', () => {
  it('gives the numbers of optim.rmsprop, epsilon outside the root', () => {
    const variable = tf.variable(tf.tensor1d([1, -2]));
    const optimizer = new RMSProp([variable], { learningRate: 0.1, decay: 0.9, epsilon: 0.5 });
    const gradient = tf.tensor1d([2, -4]);
    optimizer.step([gradient]);
    // square = 0.1 * [4, 16]; step = 0.1 * g / (sqrt(square) + 0.5)
    const first = [1 - 0.2 / (Math.sqrt(0.4) + 0.5), -2 + 0.4 / (Math.sqrt(1.6) + 0.5)];
    variable.dataSync().forEach((value, i) => void expect(value).toBeCloseTo(first[i] as number, 6));
    optimizer.step([gradient]);
    // square = 0.9 * 0.1 * [4, 16] + 0.1 * [4, 16] = [0.76, 3.04]
    const second = [
      (first[0] as number) - 0.2 / (Math.sqrt(0.76) + 0.5),
      (first[1] as number) + 0.4 / (Math.sqrt(3.04) + 0.5),
    ];
    variable.dataSync().forEach((value, i) => void expect(value).toBeCloseTo(second[i] as number, 6));
    optimizer.dispose();
    variable.dispose();
  });

  it('takes steps of 10 learning rates at first by default: decay 0.99, epsilon 1e-8', () => {
    const variable = tf.variable(tf.scalar(0));
    const optimizer = new RMSProp([variable], { learningRate: 0.01 });
    optimizer.step([tf.scalar(1e-3)]);
    expect(variable.dataSync()[0]).toBeCloseTo(-0.01 / 0.1, 4);
    optimizer.dispose();
    variable.dispose();
  });

  it('resumes from a restored state as if it had not stopped', () => {
    const steps = (count: number, optimizer: RMSProp, from = 0) => {
      for (let i = from; i < from + count; i++) optimizer.step([tf.tensor1d([Math.sin(i), Math.cos(i)])]);
    };
    const whole = tf.variable(tf.zeros([2]));
    const a = new RMSProp([whole], { learningRate: 0.1 });
    steps(6, a);
    const halved = tf.variable(tf.zeros([2]));
    const b = new RMSProp([halved], { learningRate: 0.1 });
    steps(3, b);
    const c = new RMSProp([halved], { learningRate: 0.1 });
    c.restore(b.state());
    b.dispose();
    steps(3, c, 3);
    expect(halved.dataSync()).toEqual(whole.dataSync());
  });
});
