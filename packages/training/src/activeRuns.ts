import type * as tf from '@tensorflow/tfjs';
import { TrainingError } from './trainingError.js';

/** What is trained in this process now. */
const models = new WeakSet<tf.LayersModel>();

/**
 * Gives a model to one training until the function that is returned is called: two at once would update each other's weights.
 *
 * @throws TrainingError `locked` where another training has it
 */
export function claimModel(model: tf.LayersModel): () => void {
  if (models.has(model)) {
    throw new TrainingError(
      'locked',
      `The model '${model.name}' is being trained already: wait until that training ends or interrupt it, or build another model.`,
    );
  }
  models.add(model);
  return () => void models.delete(model);
}
