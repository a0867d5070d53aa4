import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { stripes } from './testing/stripes.js';
import { train } from './train.js';

beforeAll(() => loadEngine({ quiet: true }));

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

it.each([
  ['what the papers use', {}],
  [
    'everything on',
    { optimizer: 'adam', clipNorm: 1, emaDecay: 0.99, patience: 100, nonFinite: 'skip' } as const,
  ],
])('500 steps with %s keep tensors and process memory flat', async (_, changes) => {
  const side = 12;
  const data = { train: stripes(64, { side }), valid: stripes(16, { side, seed: 2 }) };
  const size = { height: side, width: side, colors: 1, levels: 2, blocks: 2, h: 8, headWidth: 8 };
  const model = pixelCNN({ ...size, firstKernel: 3 });
  const before = tf.memory().numTensors;
  const seen: { tensors: number; bytes: number; resident: number }[] = [];
  await train(
    model,
    {
      steps: 500,
      batchSize: 16,
      learningRate: 1e-3,
      seed: 1,
      logEvery: 20,
      validateEvery: 100,
      ...changes,
    },
    {
      ...data,
      onProgress({ valid }) {
        if (valid !== undefined) return;
        collect();
        const { numTensors, numBytes } = tf.memory();
        seen.push({ tensors: numTensors, bytes: numBytes, resident: process.memoryUsage.rss() });
      },
    },
  );
  expect(seen).toHaveLength(25);
  expect(new Set(seen.map(({ tensors }) => tensors)).size).toBe(1);
  // Early stopping keeps a copy of the weights from the first validation on.
  expect(new Set(seen.slice(6).map(({ bytes }) => bytes)).size).toBe(1);
  expect(tf.memory().numTensors).toBe(before);
  // One forgotten map of one block, 16 images of 12 x 12 x 16 numbers, would be 30 MB after these 200 steps.
  const least = (from: number, to: number) =>
    Math.min(...seen.slice(from, to).map(({ resident }) => resident));
  expect(least(20, 25) - least(10, 15)).toBeLessThan(15e6);
  model.dispose();
});
