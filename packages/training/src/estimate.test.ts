import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { estimate } from './estimate.js';
import { stripes } from './testing/stripes.js';

beforeAll(() => loadEngine({ quiet: true }));

it('measures a step and an evaluation, and leaves no tensor behind', async () => {
  const size = { height: 6, width: 6, colors: 1, levels: 2, blocks: 1, h: 4, headWidth: 4, firstKernel: 3 };
  const model = pixelCNN(size);
  const before = tf.memory();
  const options = { steps: 9, batchSize: 8, seed: 0, learningRate: 1e-3, logEvery: 1, validateEvery: 9 };
  const found = await estimate(model, options, stripes(16));
  expect(tf.memory().numTensors).toBe(before.numTensors);
  expect(found.images).toBe(8);
  expect(found.secondsPerStep).toBeGreaterThan(0);
  expect(found.secondsPerImage).toBeGreaterThan(0);
  // Weights, their squares and gradients at least.
  expect(found.tensorBytes).toBeGreaterThan(3 * 4 * model.countParams());
  expect(found.processBytes).toBeGreaterThan(found.tensorBytes);
});
