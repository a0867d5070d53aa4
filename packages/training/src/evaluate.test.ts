import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { evaluate } from './evaluate.js';
import { stripes } from './testing/stripes.js';

beforeAll(() => loadEngine({ quiet: true }));

const build = () =>
  pixelCNN({
    height: 6,
    width: 6,
    colors: 1,
    levels: 2,
    blocks: 1,
    h: 3,
    headWidth: 3,
    firstKernel: 3,
    seed: 4,
  });

it('is ln 2 a pixel for a model of equal odds, with no spread', async () => {
  const model = build();
  model.setWeights(model.getWeights().map((weight) => tf.zeros(weight.shape)));
  const { nats, standardError, images } = await evaluate(model, stripes(10));
  expect(nats).toBeCloseTo(36 * Math.LN2, 4);
  expect(standardError).toBeCloseTo(0, 4);
  expect(images).toBe(10);
  model.dispose();
});

it('is the same for any batch size, the partial last batch included', async () => {
  const model = build();
  const whole = await evaluate(model, stripes(23), { batchSize: 23 });
  const seen: number[] = [];
  const parts = await evaluate(model, stripes(23), {
    batchSize: 7,
    onProgress: (count) => void seen.push(count),
  });
  expect(parts.nats).toBeCloseTo(whole.nats, 5);
  expect(parts.standardError).toBeCloseTo(whole.standardError, 5);
  expect(seen).toEqual([7, 14, 21, 23]);
  model.dispose();
});

it('leaves no tensor behind', async () => {
  const model = build();
  const before = tf.memory().numTensors;
  await evaluate(model, stripes(9), { batchSize: 4 });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});
