import * as tf from '@tensorflow/tfjs';
import { splitBlocks } from './splitBlocks.js';

/** The reference of the gated unit: each function on its half. [..., 2p] -> [..., p] */
export function composedGate(sums: tf.Tensor): tf.Tensor {
  const { f, g } = splitBlocks(sums, 'gated');
  return tf.mul(tf.tanh(f), tf.sigmoid(g));
}
