import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
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

it.each([
  [1, 2],
  [3, 256],
])('is the same to 1e-6 for any batch size, in %d colours of %d levels', async (channels, levels) => {
  const size = { height: 6, width: 6, levels, blocks: 2, h: 6, headWidth: 6, firstKernel: 3 };
  const model = pixelCNN({ ...size, colors: channels, seed: 4 });
  const random = new Random(5);
  const images = Uint8Array.from({ length: 61 * 36 * channels }, () => random.integer(levels));
  const data = new ImageDataset({
    name: 'noise',
    kind: 'original',
    ...{ height: 6, width: 6, channels, levels: levels as 2 | 256 },
    images,
  });
  const whole = await evaluate(model, data, { batchSize: 61 });
  for (const batchSize of [1, 7, 60, 100]) {
    const parts = await evaluate(model, data, { batchSize });
    expect(Math.abs(parts.nats - whole.nats)).toBeLessThan(1e-6);
    expect(Math.abs(parts.standardError - whole.standardError)).toBeLessThan(1e-6);
    expect(parts.images).toBe(61);
  }
  model.dispose();
});

it('is the mean of the images, its error their spread over the root of their number', async () => {
  const model = build();
  const data = stripes(5);
  const each: number[] = [];
  for (let i = 0; i < 5; i++) {
    const alone = new ImageDataset({ ...data, images: data.images.subarray(i * 36, (i + 1) * 36) });
    each.push((await evaluate(model, alone)).nats);
  }
  const mean = each.reduce((sum, value) => sum + value, 0) / 5;
  const variance = each.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4;
  const found = await evaluate(model, data);
  expect(found.nats).toBeCloseTo(mean, 6);
  expect(found.standardError).toBeCloseTo(Math.sqrt(variance / 5), 6);
  model.dispose();
});

it('tells of its progress, and ends when it is told to', async () => {
  const model = build();
  const seen: number[] = [];
  await evaluate(model, stripes(23), { batchSize: 7, onProgress: (count) => void seen.push(count) });
  expect(seen).toEqual([7, 14, 21, 23]);
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(evaluate(model, stripes(23), { signal })).rejects.toThrow('enough');
  model.dispose();
});

it('leaves no tensor behind', async () => {
  const model = build();
  const before = tf.memory().numTensors;
  await evaluate(model, stripes(9), { batchSize: 4 });
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});
