import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { type LayerArgs, layerOptions } from '../layerOptions.js';

const schema = z.strictObject({
  /** Standard deviation of every pixel, of intensities scaled to [-1, 1]. */
  deviation: z.number().positive(),
});

export type FixedGaussianArgs = LayerArgs & z.input<typeof schema>;

/**
 * A Gaussian of one fixed deviation around each number: the distribution whose likelihood a network trained by squared
 * error maximises. As a mixture of one component, so that `logLikelihood` of @pixelrnn/metrics integrates it over bins.
 *
 * Input: means [B, H, W, C]. Output [B, H, W, C, 1, 3]: logarithm of the weight (0), mean, logarithm of the deviation.
 */
export class FixedGaussian extends tf.layers.Layer {
  static className = 'FixedGaussian';

  private readonly args: z.output<typeof schema>;

  constructor(args: FixedGaussianArgs) {
    super(args);
    this.args = layerOptions('FixedGaussian', schema, args);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    return [...inputShape, 1, 3];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const means = tf.expandDims((Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor, -1);
    const logDeviation = tf.fill(means.shape, Math.log(this.args.deviation));
    return tf.stack([tf.zeros(means.shape), means, logDeviation], means.rank);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

tf.serialization.registerClass(FixedGaussian);

/** A {@link FixedGaussian} layer. */
export function fixedGaussian(args: FixedGaussianArgs): FixedGaussian {
  return new FixedGaussian(args);
}
