import type * as tf from '@tensorflow/tfjs';

/** What training minimises: the mean negative log-likelihood of images under a model. */
export interface Objective {
  model: tf.LayersModel;
  /** What it is minimised in; {@link trainableVariables} of the model. */
  variables: readonly tf.Variable[];
  /** Levels of the images' intensities. */
  levels: number;
}

/** The model's trainable weights, in the order in which an `Optimizer` wants them. */
export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}
