import { positive } from '@pixelrnn/kernels/options';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions } from '../layerOptions.js';
import { twoShapes } from './twoShapes.js';
import { insertZeros, takeEvery } from './zeroStuffing.js';

const schema = z.strictObject({
  /** Rows and columns from one pixel of the subsampled image to the next. */
  stride: positive,
  /** Intensities, 2 for Bernoulli logits. */
  levels: z.int().min(2).max(256),
});

export type KnownPixelsArgs = LayerArgs & z.input<typeof schema>;

/** Far enough for float32: exp(-certain) times 255 is nothing beside 1. */
const certain = 60;

/**
 * Gives the pixels of the subsampled image the probability 1, so that a model conditioned on them is a distribution over
 * the others alone, and their log-likelihood counts 0 (multi-scale PixelRNN, section 3.6).
 *
 * Input [logits, pixels]: [B, H, W, C, levels] or [B, H, W, C] for two levels, and the scaled pixels [B, H, W, C].
 * Output: logits of the same shape.
 */
export class KnownPixels extends tf.layers.Layer implements DescribedLayer {
  static className = 'KnownPixels';

  private readonly args: z.output<typeof schema>;

  constructor(args: KnownPixelsArgs) {
    super(args);
    this.args = layerOptions('KnownPixels', schema, args);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const { stride, levels } = this.args;
    const [logits, pixels] = twoShapes('KnownPixels', '[logits, pixels]', inputShape);
    const [, height, width] = pixels;
    const last = logits.slice(4);
    const fits =
      pixels.length === 4 &&
      pixels.every((size, i) => size === logits[i]) &&
      (last.length === 0 || (last.length === 1 && last[0] === levels)) &&
      [height, width].every((size) => (size ?? 0) % stride === 0);
    if (!fits) {
      throw new Error(
        `KnownPixels: expected logits [B, H, W, C, levels] or [B, H, W, C] and pixels [B, H, W, C], H and W divisible by ${stride}, got [${logits}] and [${pixels}]`,
      );
    }
    return logits;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    this.computeOutputShape([inputs].flat().map(({ shape }) => shape));
    const [logits, pixels] = inputs as [tf.Tensor, tf.Tensor4D];
    const { stride, levels } = this.args;
    const [batch, height, width, colors] = pixels.shape;
    const [rows, columns] = [height / stride, width / stride];
    const perColor = logits.rank === 4 ? 1 : levels;
    const known = takeEvery(pixels, stride); // [B, rows, columns, C], in [-1, 1]
    const certainty =
      perColor === 1 ? tf.mul(known, certain) : tf.sub(tf.mul(peaks(known, levels), 2 * certain), certain);
    const spread = insertZeros(tf.reshape(certainty, [batch, rows, columns, colors * perColor]), stride);
    const unknown = tf.sub(1, insertZeros(tf.ones([1, rows, columns, 1]), stride));
    const flat = tf.reshape(logits, [batch, height, width, colors * perColor]);
    return tf.reshape(tf.add(tf.mul(flat, unknown), spread), logits.shape);
  }

  describe(plan: PlanBuilder, [logits, pixels]: readonly MapId[]): MapId[] {
    if (pixels !== plan.pixels) throw plan.error("its second input must be the model's pixels");
    plan.knowPixels(this.args.stride);
    return [logits as MapId];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

/** 1 at each pixel's intensity, 0 at the others: [B, H, W, C] -> [B, H, W, C, levels] */
function peaks(pixels: tf.Tensor4D, levels: number): tf.Tensor {
  const intensities = tf.round(tf.mul(tf.add(pixels, 1), (levels - 1) / 2));
  return tf.cast(tf.equal(tf.expandDims(intensities, -1), tf.range(0, levels)), 'float32');
}

tf.serialization.registerClass(KnownPixels);

/** A {@link KnownPixels} layer. */
export function knownPixels(args: KnownPixelsArgs): KnownPixels {
  return new KnownPixels(args);
}
