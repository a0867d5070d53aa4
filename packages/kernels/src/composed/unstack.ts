import * as tf from '@tensorflow/tfjs';

/** `tf.unstack`, also along an axis of size 1, where TensorFlow.js' own gradient fails. */
export function unstack(x: tf.Tensor, axis: number): tf.Tensor[] {
  return x.shape[axis] === 1 ? [tf.squeeze(x, [axis])] : tf.unstack(x, axis);
}
