import type * as tf from '@tensorflow/tfjs';

/**
 * `nll`: the negative log-likelihood of an image in nats. `mse`: the squared error between an image's pixels, scaled to
 * [-1, 1], and the means of the model's distributions, summed over the image.
 */
export type Loss = 'nll' | 'mse';

/** What training minimises: a mean over images under a model. */
export interface Objective {
  model: tf.LayersModel;
  /** {@link Loss}; default `nll`. */
  loss?: Loss;
  /** What it is minimised in; {@link trainableVariables} of the model. */
  variables: readonly tf.Variable[];
  /** Levels of the images' intensities. */
  levels: number;
}

/** The model's trainable weights, in the order in which an `Optimizer` wants them. */
export function trainableVariables(model: tf.LayersModel): tf.Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as tf.Variable);
}
