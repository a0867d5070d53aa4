import { maskedConv2d, type Tap } from '@pixelrnn/kernels';
import { odd, positive, seed } from '@pixelrnn/kernels/options';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { valuesOf } from '../describe/maskedTerm.js';
import type { PlanBuilder } from '../describe/planBuilder.js';
import { activation, type LayerArgs, layerOptions } from '../layerOptions.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';
import { insertZeros } from './zeroStuffing.js';

const schema = z.strictObject({
  /** Output channels. */
  filters: positive,
  /** Factor of the output's height and width; 1 is an ordinary convolution. */
  stride: positive,
  /** At least the stride; default 2 stride + 1, so that neighbouring pixels overlap. */
  kernelSize: odd.optional(),
  activation,
  /** Seed of the initial weights. */
  seed,
});

export type TransposedConv2DArgs = LayerArgs & z.input<typeof schema>;

/**
 * Transposed convolution ("deconvolution"), not masked: the upsampling of multi-scale PixelRNN, section 3.6. Zeros are
 * inserted between the pixels, then an ordinary convolution runs over them, so that it has gradients on every engine.
 *
 * [B, H, W, Cin] -> [B, stride H, stride W, filters]
 */
export class TransposedConv2D extends tf.layers.Layer implements DescribedLayer {
  static className = 'TransposedConv2D';

  private readonly args: z.output<typeof schema>;
  private readonly side: number;
  private readonly taps: Tap[];
  private kernel!: tf.LayerVariable;
  private bias!: tf.LayerVariable;
  private ones!: tf.Tensor4D;

  constructor(args: TransposedConv2DArgs) {
    super(args);
    this.args = layerOptions('TransposedConv2D', schema, args);
    const { stride, kernelSize } = this.args;
    this.side = kernelSize ?? 2 * stride + 1;
    if (this.side < stride) {
      throw new Error(
        `TransposedConv2D: kernelSize must be at least the stride, got ${this.side} and ${stride}`,
      );
    }
    this.taps = Array.from({ length: this.side ** 2 }, (_, i) => ({
      row: Math.floor(i / this.side),
      column: i % this.side,
    }));
  }

  override build(inputShape: tf.Shape): void {
    const cin = inputShape[3];
    if (inputShape.length !== 4 || cin == null) {
      throw new Error(
        `TransposedConv2D: input must be [B, H, W, channels] with known channels, got [${inputShape}]`,
      );
    }
    const { filters, stride, seed } = this.args;
    const shape: [number, number, number, number] = [this.side, this.side, cin, filters];
    const zeros = tf.initializers.zeros();
    this.kernel = this.addWeight('kernel', shape, 'float32', zeros);
    this.bias = this.addWeight('bias', [filters], 'float32', zeros);
    const perOutput = (this.side / stride) ** 2; // inserted zeros carry nothing
    const fans = { fanIn: perOutput * cin, fanOut: perOutput * filters };
    const initial = seededGlorotUniform(this.side ** 2 * cin * filters, {
      ...fans,
      seed,
      purpose: this.name,
    });
    tf.tidy(() => {
      this.kernel.write(tf.tensor4d(initial, shape));
    });
    this.ones = tf.keep(tf.ones(shape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { filters, stride } = this.args;
    const scaled = (size: number | null | undefined) => (size == null ? null : size * stride);
    return [inputShape[0] ?? null, scaled(inputShape[1]), scaled(inputShape[2]), filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const { stride, activation } = this.args;
    return maskedConv2d(
      {
        x: insertZeros(x, stride),
        kernel: this.kernel.read() as tf.Tensor4D,
        mask: this.ones,
        bias: this.bias.read() as tf.Tensor1D,
      },
      { taps: this.taps, activation },
    );
  }

  describe(plan: PlanBuilder, [from]: readonly MapId[]): MapId[] {
    const { filters, stride, activation: unit } = this.args;
    const before = plan.map(from as MapId).stride;
    if (before % stride !== 0) {
      throw plan.error(
        `its map would be ${stride / before} times as large as the image; expected at most as large`,
      );
    }
    const out = plan.addMap({ channels: filters, groups: 'all', stride: before / stride });
    const weights = { weights: valuesOf(this.kernel), bias: valuesOf(this.bias) };
    const sizes = { stride, kernel: this.side, unit };
    plan.addStep({ kind: 'upsample', when: 'before', out, from: from as MapId, ...sizes, ...weights });
    return [out];
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args, kernelSize: this.side };
  }

  protected override disposeWeights(): number {
    this.ones?.dispose();
    return super.disposeWeights();
  }
}

tf.serialization.registerClass(TransposedConv2D);

/** A {@link TransposedConv2D} layer. */
export function transposedConv2d(args: TransposedConv2DArgs): TransposedConv2D {
  return new TransposedConv2D(args);
}
