import { binProbabilities } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';

export interface Sharpening {
  /** Logits are divided by it. */
  temperature: number;
  /** Unconditional logits of the same shape, and the factor of the difference to them. */
  guidance?: { unconditional: tf.Tensor; factor: number };
}

/**
 * Probabilities of one pixel's colour from a model's output there: [B] or [B, levels] logits, or the parameters of mixtures
 * [B, K, 3], whose logarithms of probabilities take the place of logits.
 *
 * @returns [B, levels], or [B, 1] = p(1) of a Bernoulli
 */
export function conditionals(
  output: tf.Tensor,
  levels: number,
  { temperature, guidance }: Sharpening,
): tf.Tensor2D {
  const own = logitsOf(output, levels);
  const guided = guidance
    ? tf.add(
        logitsOf(guidance.unconditional, levels),
        tf.mul(tf.sub(own, logitsOf(guidance.unconditional, levels)), guidance.factor),
      )
    : own;
  const sharpened = tf.div(guided, temperature) as tf.Tensor2D;
  return levels === 2 && output.rank === 1 ? tf.sigmoid(sharpened) : tf.softmax(sharpened);
}

function logitsOf(output: tf.Tensor, levels: number): tf.Tensor {
  if (output.rank === 1) return tf.reshape(output, [-1, 1]);
  return output.rank === 2 ? output : tf.log(binProbabilities(output, levels));
}
