import { positive } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { type LayerArgs, layerOptions } from '../layerOptions.js';
import { twoShapes } from './twoShapes.js';
import { insertZeros } from './zeroStuffing.js';

const schema = z.strictObject({
  /** Rows and columns from one pixel of the subsampled image to the next. */
  stride: positive,
});

export type JoinScalesArgs = LayerArgs & z.input<typeof schema>;

/**
 * The logits of both networks of multi-scale PixelRNN (section 3.6) in one map: a pixel of the subsampled image has those of
 * the small network, every other one those of the large network. Their likelihood is that of the whole image.
 *
 * Input [large, small]: [B, H, W, C, levels] and [B, H / stride, W / stride, C, levels], or both without levels.
 * Output: logits of the large shape.
 */
export class JoinScales extends tf.layers.Layer {
  static className = 'JoinScales';

  private readonly args: z.output<typeof schema>;

  constructor(args: JoinScalesArgs) {
    super(args);
    this.args = layerOptions('JoinScales', schema, args);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const { stride } = this.args;
    const [large, small] = twoShapes('JoinScales', '[large, small]', inputShape);
    const fits =
      large.length === small.length &&
      small.every((size, i) => i === 0 || (size ?? 0) * (i === 1 || i === 2 ? stride : 1) === large[i]);
    if (!fits) {
      throw new Error(
        `JoinScales: expected logits [B, H, W, ...] and [B, H / ${stride}, W / ${stride}, ...], got [${large}] and [${small}]`,
      );
    }
    return large;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    this.computeOutputShape([inputs].flat().map(({ shape }) => shape));
    const [large, small] = inputs as [tf.Tensor, tf.Tensor];
    const { stride } = this.args;
    const [batch, rows, columns, ...last] = small.shape as [number, number, number, ...number[]];
    const [, height, width] = large.shape as [number, number, number];
    const channels = last.reduce((product, size) => product * size, 1);
    const spread = insertZeros(tf.reshape(small, [batch, rows, columns, channels]), stride);
    const unknown = tf.sub(1, insertZeros(tf.ones([1, rows, columns, 1]), stride));
    const flat = tf.reshape(large, [batch, height, width, channels]);
    return tf.reshape(tf.add(tf.mul(flat, unknown), spread), large.shape);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }
}

tf.serialization.registerClass(JoinScales);

/** A {@link JoinScales} layer. */
export function joinScales(args: JoinScalesArgs): JoinScales {
  return new JoinScales(args);
}
