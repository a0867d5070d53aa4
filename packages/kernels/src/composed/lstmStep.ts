import * as tf from '@tensorflow/tfjs';
import { splitBlocks } from './splitBlocks.js';

export interface LstmState {
  hidden: tf.Tensor;
  cell: tf.Tensor;
}

/**
 * The gates of PixelRNN, equation 3: [o, f, i] logistic, g tanh; c = f c_before + i g; h = o tanh(c).
 *
 * @param sums state-to-state plus input-to-state [..., 4h], in the order of `unitBlocks`
 * @param cell [..., h]
 */
export function lstmStep(sums: tf.Tensor, cell: tf.Tensor): LstmState {
  const { o, f, i, g } = splitBlocks(sums, 'lstm');
  const next = tf.add(tf.mul(tf.sigmoid(f), cell), tf.mul(tf.sigmoid(i), tf.tanh(g)));
  return { hidden: tf.mul(tf.sigmoid(o), tf.tanh(next)), cell: next };
}
