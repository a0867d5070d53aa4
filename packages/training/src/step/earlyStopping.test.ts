import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { EarlyStopping } from './earlyStopping.js';

beforeAll(() => loadEngine({ quiet: true }));

it('keeps the weights of the lowest loss, and counts the validations since', () => {
  const best = new EarlyStopping({ minDelta: 0.5, keepWeights: true });
  const { numTensors } = tf.memory();
  expect([best.best, best.weights]).toEqual([null, null]);
  const offer = (step: number, nats: number) => {
    const weights = tf.tensor1d([step, nats]);
    best.offer(step, nats, weights);
    weights.dispose();
    return [best.best?.step, best.best?.since, ...(best.weights?.dataSync() ?? [])];
  };
  expect(offer(1, 90)).toEqual([1, 0, 1, 90]);
  expect(offer(2, 89.5)).toEqual([1, 1, 1, 90]); // not by more than minDelta
  expect(offer(3, 91)).toEqual([1, 2, 1, 90]);
  expect(offer(4, 89.25)).toEqual([4, 0, 4, 89.25]);
  expect(tf.memory().numTensors).toBe(numTensors);
  best.dispose();
});

it('keeps no weights where they are not asked for', () => {
  const best = new EarlyStopping({ minDelta: 0, keepWeights: false });
  best.offer(3, 80, tf.tensor1d([1]));
  expect(best.best).toEqual({ step: 3, nats: 80, since: 0 });
  expect(best.weights).toBeNull();
  best.dispose();
});
