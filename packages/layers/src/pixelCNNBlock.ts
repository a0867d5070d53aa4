import { liveTaps, residualBlock, type Tap } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { convolutionMask } from './mask.js';
import { seededGlorotUniform } from './seededGlorotUniform.js';

type LayerArgs = ConstructorParameters<typeof tf.layers.Layer>[0];

export interface PixelCNNBlockArgs extends NonNullable<LayerArgs> {
  /** h of the paper; the block's input and output have 2h channels. */
  h: number;
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: number;
  /** Side of the masked convolution in the middle, odd; default 3. */
  kernelSize?: number;
  /** Of the initial weights; default 0. */
  seed?: number;
}

interface Convolution {
  kernel: tf.LayerVariable;
  bias: tf.LayerVariable;
  mask: tf.Tensor4D;
  taps: Tap[];
}

/**
 * Residual block of PixelCNN (PixelRNN, Figure 5, left), every convolution with mask B:
 *
 *     2h -> ReLU, 1x1 (h) -> ReLU, 3x3 (h) -> ReLU, 1x1 (2h) -> + input        [B, H, W, 2h] -> [B, H, W, 2h]
 *
 * Weights: kernel and bias of `down`, `conv` and `up`, in this order.
 */
export class PixelCNNBlock extends tf.layers.Layer {
  static className = 'PixelCNNBlock';

  readonly kernelSize: number;
  private readonly args: PixelCNNBlockArgs;
  private convolutions: Convolution[] = [];

  constructor(args: PixelCNNBlockArgs) {
    super(args);
    this.args = args;
    this.kernelSize = args.kernelSize ?? 3;
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = inputShape as tf.Shape;
    const { h } = this.args;
    if (shape.length !== 4 || shape[3] !== 2 * h) {
      throw new Error(`PixelCNNBlock: input must be [B, H, W, ${2 * h}], twice h, got [${shape}]`);
    }
    this.convolutions = [
      this.convolution('down', 1, 2 * h, h),
      this.convolution('conv', this.kernelSize, h, h),
      this.convolution('up', 1, h, 2 * h),
    ];
    super.build(inputShape);
  }

  private convolution(name: string, side: number, cin: number, cout: number): Convolution {
    const { colors, seed = 0 } = this.args;
    const kernelShape: [number, number, number, number] = [side, side, cin, cout];
    const values = convolutionMask({
      kernelHeight: side,
      kernelWidth: side,
      cin,
      cout,
      maskType: 'B',
      colors,
    });
    const live = values.reduce((sum, value) => sum + value, 0);
    const fans = { fanIn: live / cout, fanOut: live / cin };
    const initial = seededGlorotUniform(values.length, { ...fans, seed, purpose: `${this.name}/${name}` });
    const kernel = this.addWeight(`${name}_kernel`, kernelShape, 'float32', tf.initializers.zeros());
    tf.tidy(() => {
      kernel.write(tf.tensor4d(initial, kernelShape));
    });
    const bias = this.addWeight(`${name}_bias`, [cout], 'float32', tf.initializers.zeros());
    const mask = tf.keep(tf.tensor4d(values, kernelShape));
    return { kernel, bias, mask, taps: liveTaps(values, kernelShape) };
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape | tf.Shape[] {
    return inputShape;
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor4D;
    const [down, conv, up] = this.convolutions.map(({ kernel, bias, mask, taps }) => ({
      kernel: kernel.read() as tf.Tensor4D,
      bias: bias.read() as tf.Tensor1D,
      mask,
      taps,
    }));
    return residualBlock(x, [down, conv, up] as Parameters<typeof residualBlock>[1]);
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { h, colors, seed = 0 } = this.args;
    return { ...super.getConfig(), h, colors, kernelSize: this.kernelSize, seed };
  }

  protected override disposeWeights(): number {
    tf.dispose(this.convolutions.map(({ mask }) => mask));
    return super.disposeWeights();
  }
}

tf.serialization.registerClass(PixelCNNBlock);

/** A {@link PixelCNNBlock} layer: `pixelCNNBlock({h: 16, colors: 1})`. */
export function pixelCNNBlock(args: PixelCNNBlockArgs): PixelCNNBlock {
  return new PixelCNNBlock(args);
}
