import * as tf from '@tensorflow/tfjs';

/**
 * The share of a uniform distribution that is mixed in. Differences of normal distribution functions in float32 end at
 * 6e-8, and a likelihood of zero would be an infinite loss; the result is a distribution all the same, and what the share costs is at
 * most 2.2e-5 bits/dim.
 */
const uniformShare = 2 ** -16;

/**
 * Probabilities of intensities under mixtures of Gaussians integrated over the intensities' bins; the outermost bins
 * reach to infinity, so that the probabilities sum to 1.
 *
 * @param mixture [..., K, 3]: log weights, means and log standard deviations, for intensities scaled to [-1, 1]
 * @param intensities 0 .. levels - 1, of a shape that broadcasts against [..., 1] without K and 3
 * @returns [...]
 */
export function binProbability(mixture: tf.Tensor, intensities: tf.Tensor, levels: number): tf.Tensor {
  const [logWeights, means, logDeviations] = tf.unstack(mixture, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [..., K]
  const value = tf.expandDims(tf.cast(intensities, 'float32'), -1);
  const inverse = tf.mul(tf.exp(tf.neg(logDeviations)), Math.SQRT1_2);
  // The normal distribution function at the bin's edges; 0 and 1 at the outermost ones.
  const below = (edge: tf.Tensor, inside: tf.Tensor, outside: number) => {
    const scaled = tf.sub(tf.mul(edge, 2 / (levels - 1)), 1);
    const distribution = tf.mul(tf.add(tf.erf(tf.mul(tf.sub(scaled, means), inverse)), 1), 0.5);
    return tf.add(tf.mul(distribution, inside), tf.mul(tf.sub(1, inside), outside));
  };
  const lower = below(tf.sub(value, 0.5), tf.cast(tf.greater(value, 0), 'float32'), 0);
  const upper = below(tf.add(value, 0.5), tf.cast(tf.less(value, levels - 1), 'float32'), 1);
  const mixed = tf.sum(tf.mul(tf.exp(logWeights), tf.relu(tf.sub(upper, lower))), -1);
  return tf.add(tf.mul(mixed, 1 - uniformShare), uniformShare / levels);
}

/** Probabilities of all intensities, [..., K, 3] -> [..., levels]; for sampling and plots. */
export function binProbabilities(mixture: tf.Tensor, levels: number): tf.Tensor {
  return binProbability(tf.expandDims(mixture, -3), tf.range(0, levels), levels);
}

/**
 * The log density of dequantised pixels y = x + u, u in [0, 1), under the mixture whose integral over a bin
 * {@link binProbability} is; the outermost bins have the mass beyond them as well, which no pixel is in.
 *
 * @param mixture [..., K, 3]: log weights, means and log standard deviations, for intensities scaled to [-1, 1]
 * @param pixels float32 in [0, levels), of a shape that broadcasts against [...]
 * @returns [...], in nats, for pixels counted in intensities
 */
export function mixtureLogDensity(mixture: tf.Tensor, pixels: tf.Tensor, levels: number): tf.Tensor {
  const [logWeights, means, logDeviations] = tf.unstack(mixture, -1) as [tf.Tensor, tf.Tensor, tf.Tensor]; // [..., K]
  const width = 2 / (levels - 1); // of a bin; that of x reaches from x - 1/2 to x + 1/2
  const scaled = tf.sub(tf.mul(tf.expandDims(tf.sub(pixels, 0.5), -1), width), 1);
  const distance = tf.mul(tf.sub(scaled, means), tf.exp(tf.neg(logDeviations)));
  const constant = Math.log(width) - Math.log(2 * Math.PI) / 2 + Math.log(1 - uniformShare);
  const logs = tf.sub(tf.sub(tf.add(logWeights, constant), logDeviations), tf.mul(tf.square(distance), 0.5));
  const uniform = Math.log(uniformShare / levels);
  const column = tf.fill([...logs.shape.slice(0, -1), 1], uniform);
  const all = tf.concat([logs, column], -1);
  return tf.logSumExp(all, -1);
}
