import type { Batch } from '@pixelrnn/data';
import { scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import type { Optimizer } from '../optimizer/optimizer.js';
import { classesOf, labelVectors } from './labelCondition.js';
import type { LossAndGradients } from './lossAndGradients.js';

export interface StepContext {
  /** The objective's; the same object at every step. */
  lossAndGradients: LossAndGradients;
  /** The optimiser of the objective's variables. */
  optimizer: Optimizer;
  /** Learning rate of this step; the optimiser's own by default. */
  rate?: number;
  /** Which images of the batch a conditional model is told the label of; default all. */
  kept?: readonly boolean[];
  /** Sees loss and gradients before the update; returns the gradients to use, or null for no update. */
  inspect?: (loss: tf.Scalar, gradients: tf.Tensor[]) => tf.Tensor[] | null;
}

/**
 * One update that lowers the objective's loss. Reads nothing back from the engine.
 *
 * From the third step on, native TensorFlow repeats the operations of the second instead of calling the layers; where a
 * layer's attributes are changed between two steps, up to 63 steps still use the old ones.
 *
 * @returns the batch's loss before the update, a mean over its images; the caller disposes it
 */
export function trainingStep(
  { lossAndGradients, optimizer, rate, inspect, kept }: StepContext,
  batch: Pick<Batch, 'intensities' | 'shape' | 'labels'>,
): tf.Scalar {
  const { intensities, shape } = batch;
  const { model, levels } = lossAndGradients.objective;
  return tf.tidy(() => {
    const x = scaleIntensities(intensities, shape, levels);
    const targets = tf.tensor(intensities, shape, 'int32');
    const classes = classesOf(model);
    const given = classes > 0 ? [x, labelVectors(batch, classes, kept)] : [x];
    const { loss, gradients } = lossAndGradients.at(given, targets);
    const used = inspect ? inspect(loss, gradients) : gradients;
    if (used) optimizer.step(used, rate);
    return loss;
  });
}
