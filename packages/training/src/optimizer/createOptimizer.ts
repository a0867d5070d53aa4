import type * as tf from '@tensorflow/tfjs';
import type { TrainingConfig } from '../trainingConfig.js';
import { Adam } from './adam.js';
import type { Optimizer } from './optimizer.js';
import { RMSProp } from './rmsProp.js';

/** The optimiser that a config names, with its own keys of it. */
export function createOptimizer(
  variables: readonly tf.Variable[],
  { optimizer, learningRate, decay, beta1, beta2, epsilon }: TrainingConfig,
): Optimizer {
  if (optimizer === 'adam') return new Adam(variables, { learningRate, beta1, beta2, epsilon });
  return new RMSProp(variables, { learningRate, decay, epsilon });
}
