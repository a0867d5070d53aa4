import { maskedConv2d, type Tap } from '@pixelrnn/kernels';
import { odd, positive, seed } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { activation, type LayerArgs, layerOptions } from '../layerOptions.js';
import { takeEvery } from '../scale/zeroStuffing.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';

const schema = z.strictObject({
  /** Output channels. */
  filters: positive,
  /** Odd. */
  kernelSize: odd,
  /** Every so many rows and columns one is kept, from the first. */
  stride: positive.default(1),
  activation,
  /** Seed of the initial weights. */
  seed,
});

export type StridedConv2DArgs = LayerArgs & z.input<typeof schema>;

/**
 * An ordinary convolution, not masked, zeros outside the image: of the auto-encoder's encoder (1606.05328, section 2.4),
 * which may see the whole image. It has gradients on every engine, which TensorFlow.js' own lacks on WebAssembly.
 *
 * [B, H, W, Cin] -> [B, ceil(H / stride), ceil(W / stride), filters]
 */
export class StridedConv2D extends tf.layers.Layer {
  static className = 'StridedConv2D';

  private readonly args: z.output<typeof schema>;
  private readonly taps: Tap[];
  private kernel!: tf.LayerVariable;
  private bias!: tf.LayerVariable;
  private ones!: tf.Tensor4D;

  constructor(args: StridedConv2DArgs) {
    super(args);
    this.args = layerOptions('StridedConv2D', schema, args);
    const { kernelSize } = this.args;
    this.taps = Array.from({ length: kernelSize ** 2 }, (_, i) => ({
      row: Math.floor(i / kernelSize),
      column: i % kernelSize,
    }));
  }

  override build(inputShape: tf.Shape): void {
    const cin = inputShape[3];
    if (inputShape.length !== 4 || cin == null) {
      throw new Error(
        `StridedConv2D: input must be [B, H, W, channels] with known channels, got [${inputShape}]`,
      );
    }
    const { filters, kernelSize, seed } = this.args;
    const shape: [number, number, number, number] = [kernelSize, kernelSize, cin, filters];
    const zeros = tf.initializers.zeros();
    this.kernel = this.addWeight('kernel', shape, 'float32', zeros);
    this.bias = this.addWeight('bias', [filters], 'float32', zeros);
    const fans = { fanIn: kernelSize ** 2 * cin, fanOut: kernelSize ** 2 * filters };
    const count = kernelSize ** 2 * cin * filters;
    const initial = seededGlorotUniform(count, { ...fans, seed, purpose: this.name });
    tf.tidy(() => {
      this.kernel.write(tf.tensor4d(initial, shape));
    });
    this.ones = tf.keep(tf.ones(shape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape): tf.Shape {
    const { filters, stride } = this.args;
    const kept = (size: number | null | undefined) => (size == null ? null : Math.ceil(size / stride));
    return [inputShape[0] ?? null, kept(inputShape[1]), kept(inputShape[2]), filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const { stride, activation } = this.args;
    const everywhere = maskedConv2d(
      {
        x,
        kernel: this.kernel.read() as tf.Tensor4D,
        mask: this.ones,
        bias: this.bias.read() as tf.Tensor1D,
      },
      { taps: this.taps, activation },
    );
    if (stride === 1) return everywhere;
    const [, height, width] = x.shape;
    const toMultiple = (size: number): [number, number] => [0, Math.ceil(size / stride) * stride - size];
    const whole = tf.pad(everywhere, [[0, 0], toMultiple(height), toMultiple(width), [0, 0]]) as tf.Tensor4D;
    return takeEvery(whole, stride);
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }

  protected override disposeWeights(): number {
    this.ones?.dispose();
    return super.disposeWeights();
  }
}

tf.serialization.registerClass(StridedConv2D);

/** A {@link StridedConv2D} layer. */
export function stridedConv2d(args: StridedConv2DArgs): StridedConv2D {
  return new StridedConv2D(args);
}
