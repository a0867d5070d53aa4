import { positive, seed } from '@pixelrnn/kernels/options';
import type { MapId, WeightsOf } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { valuesOf } from '../describe/maskedTerm.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions } from '../layerOptions.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';

const schema = z.strictObject({
  colors: positive,
  /** C: linear experts of a colour. */
  components: positive.default(8),
  /** S: scales of each expert. */
  scales: positive.default(4),
  /** N: quadratic features b_n' h that the experts are chosen by. */
  features: positive,
  /** Intensities whose bins the density is integrated over. The layer itself does not need them. */
  levels: z.int().min(2).max(256).default(256),
  /** Seed of the initial weights. */
  seed,
});

export type MCGSMArgs = LayerArgs & z.input<typeof schema>;

/**
 * Mixture of conditional Gaussian scale mixtures, the output distribution that PixelRNN's section 5.3 compares the softmax
 * with. That section does not say which form it used; this is the factorised one of Theis and Bethge, *Generative Image
 * Modeling Using Spatial LSTMs* (2015), section 2.1, with features h:
 *
 *     p(y | h) = sum over c, s of p(c, s | h) N(y; a_c' h, exp(-alpha_cs))
 *     p(c, s | h) proportional to exp(eta_cs - exp(alpha_cs) / 2 sum over n of beta_cn^2 (b_n' h)^2)
 *
 * `logLikelihood` of @pixelrnn/metrics integrates the density over each intensity's bin, so that its likelihoods are those of
 * a discrete distribution, exact and comparable with the softmax's.
 *
 * Input [B, H, W, colors x (components + features)]: for each colour, contiguously, the experts' means a_c' h (intensities
 * scaled to [-1, 1]) and the features b_n' h, from a convolution with mask B. Output: [B, H, W, colors, C x S, 3], of each
 * Gaussian the logarithm of its weight, its mean and the logarithm of its standard deviation.
 */
export class MCGSM extends tf.layers.Layer implements DescribedLayer {
  static className = 'MCGSM';

  private readonly args: z.output<typeof schema>;
  private priors!: tf.LayerVariable;
  private precisions!: tf.LayerVariable;
  private weightsOfFeatures!: tf.LayerVariable;

  constructor(args: MCGSMArgs) {
    super(args);
    this.args = layerOptions('MCGSM', schema, args);
  }

  override build(inputShape: tf.Shape): void {
    const { colors, components, scales, features, seed } = this.args;
    const expected = colors * (components + features);
    if (inputShape.length !== 4 || inputShape[3] !== expected) {
      throw new Error(`MCGSM: expected input [B, H, W, ${expected}], got [${inputShape}]`);
    }
    const zeros = tf.initializers.zeros();
    this.priors = this.addWeight('eta', [colors, components, scales], 'float32', zeros);
    this.precisions = this.addWeight('alpha', [colors, components, scales], 'float32', zeros);
    this.weightsOfFeatures = this.addWeight('beta', [colors, components, features], 'float32', zeros);
    // Standard deviations from 1/2 to 1/50 of half the range of intensities: from broad to about two intensities of 256.
    const spread = (scale: number) =>
      2 * Math.log(2) + (scales === 1 ? 0.5 : scale / (scales - 1)) * 2 * Math.log(25);
    const alpha = Float32Array.from({ length: colors * components * scales }, (_, i) => spread(i % scales));
    const options = { fanIn: features, fanOut: components, seed, purpose: `${this.name}/beta` };
    const beta = seededGlorotUniform(colors * components * features, options).map((value) => 0.1 * value);
    tf.tidy(() => {
      this.precisions.write(tf.tensor3d(alpha, [colors, components, scales]));
      this.weightsOfFeatures.write(tf.tensor3d(beta, [colors, components, features]));
    });
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { colors, components, scales } = this.args;
    return [...inputShape.slice(0, 3), colors, components * scales, 3];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const { colors, components, scales, features } = this.args;
    const [batch, height, width] = x.shape;
    const pixels = batch * height * width;
    const perColor = tf.reshape(x, [pixels, colors, components + features]);
    const [means, projections] = tf.split(perColor, [components, features], 2) as [tf.Tensor, tf.Tensor];
    const alpha = this.precisions.read(); // [colors, C, S]
    const beta = tf.square(this.weightsOfFeatures.read()); // [colors, C, N]
    // energy_c = sum over n of beta_cn^2 (b_n' h)^2, one matMul a colour: [colors, pixels, N] x [colors, N, C]
    const squares = tf.transpose(tf.square(projections), [1, 0, 2]);
    const energies = tf.transpose(tf.matMul(squares, tf.transpose(beta, [0, 2, 1])), [1, 0, 2]); // [pixels, colors, C]
    const logits = tf.sub(
      this.priors.read(),
      tf.mul(tf.mul(tf.exp(alpha), 0.5), tf.reshape(energies, [pixels, colors, components, 1])),
    ); // [pixels, colors, C, S]
    const count = components * scales;
    const shape = [batch, height, width, colors, count];
    const everyScale = [pixels, colors, components, scales];
    const logWeights = tf.logSoftmax(tf.reshape(logits, [pixels, colors, count]));
    const centres = tf.tile(tf.reshape(means, [pixels, colors, components, 1]), [1, 1, 1, scales]);
    const logDeviations = tf.add(tf.zeros(everyScale), tf.mul(alpha, -0.5));
    return tf.stack(
      [logWeights, centres, logDeviations].map((part) => tf.reshape(part, shape)),
      5,
    );
  }

  describe(plan: PlanBuilder, [map]: readonly MapId[]): MapId[] {
    const { components, scales, features, levels } = this.args;
    const [eta, alpha, beta] = [this.priors, this.precisions, this.weightsOfFeatures].map(valuesOf) as [
      WeightsOf,
      WeightsOf,
      WeightsOf,
    ];
    const sizes = { components, scales, features };
    plan.setOutput({ kind: 'mcgsm', map: map as MapId, ...sizes, eta, alpha, beta }, levels);
    return [map as MapId];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

tf.serialization.registerClass(MCGSM);

/** An {@link MCGSM} layer. */
export function mcgsm(args: MCGSMArgs): MCGSM {
  return new MCGSM(args);
}
