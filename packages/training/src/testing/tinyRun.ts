import { pixelCNN } from '@pixelrnn/models';
import type * as tf from '@tensorflow/tfjs';
import type { TrainingOptions } from '../trainingConfig.js';
import { stripes } from './stripes.js';

/** A run of a few milliseconds a step, for tests of what surrounds the steps. */
export const tinyData = { train: stripes(64), valid: stripes(16, { seed: 2 }) };

export const tinyOptions: TrainingOptions = {
  steps: 12,
  batchSize: 8,
  learningRate: 5e-3,
  logEvery: 3,
  validateEvery: 6,
  seed: 7,
};

export function tinyModel(seed = 0): tf.LayersModel {
  const size = { height: 6, width: 6, colors: 1, levels: 2, blocks: 1, h: 4, headWidth: 4, firstKernel: 3 };
  return pixelCNN({ ...size, seed });
}

export function weightsOf(model: tf.LayersModel): number[][] {
  return model.getWeights().map((weight) => [...weight.dataSync()]);
}
