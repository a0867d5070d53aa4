import * as tf from '@tensorflow/tfjs';
import type { AdamAttributes, RMSPropAttributes } from '../fused/optimizers.js';

type Lists<Name extends string> = Record<Name, readonly tf.Tensor[]>;

/** Torch7's `optim.rmsprop`: new parameters, then new squares. */
export function composedRMSProp(
  { gradients, parameters, squares }: Lists<'gradients' | 'parameters' | 'squares'>,
  { rate, decay, epsilon }: RMSPropAttributes,
): tf.Tensor[] {
  const newSquares = squares.map((square, i) => runningMean(square, tf.square(gradients[i]!), decay));
  const newParameters = parameters.map((parameter, i) =>
    tf.sub(parameter, tf.div(tf.mul(gradients[i]!, rate), tf.add(tf.sqrt(newSquares[i]!), epsilon))),
  );
  return [...newParameters, ...newSquares];
}

/** Adam with bias correction: new parameters, then new means, then new squares. */
export function composedAdam(
  { gradients, parameters, means, squares }: Lists<'gradients' | 'parameters' | 'means' | 'squares'>,
  { rate, beta1, beta2, epsilon, step }: AdamAttributes,
): tf.Tensor[] {
  const newMeans = means.map((mean, i) => runningMean(mean, gradients[i]!, beta1));
  const newSquares = squares.map((square, i) => runningMean(square, tf.square(gradients[i]!), beta2));
  const newParameters = parameters.map((parameter, i) => {
    const mean = tf.div(newMeans[i]!, 1 - beta1 ** step);
    const square = tf.div(newSquares[i]!, 1 - beta2 ** step);
    return tf.sub(parameter, tf.div(tf.mul(mean, rate), tf.add(tf.sqrt(square), epsilon)));
  });
  return [...newParameters, ...newMeans, ...newSquares];
}

function runningMean(old: tf.Tensor, value: tf.Tensor, decay: number): tf.Tensor {
  return tf.add(tf.mul(old, decay), tf.mul(value, 1 - decay));
}
