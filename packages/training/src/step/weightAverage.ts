import * as tf from '@tensorflow/tfjs';
import { flatten } from './flatWeights.js';

/**
 * An exponential moving average of the weights (Polyak averaging). After update n, from 1:
 *
 *     average = average + (1 - d) * (weights - average),    d = min(decay, (1 + n) / (10 + n))
 *
 * The smaller d of the first updates, as in TensorFlow's `ExponentialMovingAverage` with `num_updates`, lets the
 * average forget the initial weights.
 */
export class WeightAverage {
  private average: tf.Tensor1D;

  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly decay: number,
  ) {
    this.average = tf.keep(flatten(variables));
  }

  /** @param updates so far, this one included */
  update(updates: number): void {
    const decay = Math.min(this.decay, (1 + updates) / (10 + updates));
    const before = this.average;
    this.average = tf.tidy(() => {
      const towards = tf.mul(tf.sub(flatten(this.variables), before), 1 - decay);
      return tf.keep(tf.add(before, towards) as tf.Tensor1D);
    });
    before.dispose();
  }

  /** The average weights as one vector; it stays this object's. */
  get weights(): tf.Tensor1D {
    return this.average;
  }

  /** Takes a copy. */
  restore(average: tf.Tensor): void {
    this.average.dispose();
    this.average = tf.keep(tf.clone(average) as tf.Tensor1D);
  }

  dispose(): void {
    this.average.dispose();
  }
}
