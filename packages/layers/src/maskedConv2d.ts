import { type Activation, liveTaps, maskedConv2d as maskedConv2dOp, type Tap } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { type ColorGroups, convolutionMask, type MaskType } from './mask.js';
import { seededGlorotUniform } from './seededGlorotUniform.js';

type LayerArgs = ConstructorParameters<typeof tf.layers.Layer>[0];

export interface MaskedConv2DArgs extends NonNullable<LayerArgs> {
  /** Output channels. */
  filters: number;
  /** Odd; one number or [height, width]. */
  kernelSize: number | [number, number];
  /** A: not the pixel itself, nor its own colour. B: its own colour too. */
  maskType: MaskType;
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: number;
  /** How output channels belong to colours; default cyclic. */
  outputGroups?: ColorGroups;
  /** Applied to the input before the convolution; default linear. */
  inputActivation?: Activation;
  /** Applied after the bias; default linear. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Of the initial weights; default 0. */
  seed?: number;
}

/**
 * The masked convolution of PixelRNN, section 3.4: stride 1, zeros outside the image, output as large as the input.
 *
 * Input [B, H, W, Cin], or [that, residual [B, H, W, filters]]: the residual is added after the activation.
 * The mask is multiplied in at call time, so that no optimiser can undo it.
 */
export class MaskedConv2D extends tf.layers.Layer {
  static className = 'MaskedConv2D';

  readonly kernelSize: [number, number];
  private readonly args: MaskedConv2DArgs;
  private kernel!: tf.LayerVariable;
  private bias: tf.LayerVariable | undefined;
  private mask!: tf.Tensor4D;
  private taps!: Tap[];

  constructor(args: MaskedConv2DArgs) {
    super(args);
    const { kernelSize } = args;
    this.kernelSize = typeof kernelSize === 'number' ? [kernelSize, kernelSize] : kernelSize;
    const maskType = String(args.maskType).toUpperCase();
    if (maskType !== 'A' && maskType !== 'B') {
      throw new Error(`MaskedConv2D: maskType must be 'A' or 'B', got ${JSON.stringify(args.maskType)}`);
    }
    this.args = { ...args, maskType };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = firstShape(inputShape);
    const cin = shape[3];
    if (shape.length !== 4 || cin == null) {
      throw new Error(`MaskedConv2D: input must be [B, H, W, channels] with known channels, got [${shape}]`);
    }
    const { filters: cout, maskType, colors, outputGroups = 'cyclic', useBias = true, seed = 0 } = this.args;
    const [kernelHeight, kernelWidth] = this.kernelSize;
    const values = convolutionMask({ kernelHeight, kernelWidth, cin, cout, maskType, colors, outputGroups });
    const kernelShape: [number, number, number, number] = [kernelHeight, kernelWidth, cin, cout];
    this.taps = liveTaps(values, kernelShape);
    if (this.taps.length === 0) {
      throw new Error(
        `MaskedConv2D: a ${kernelHeight} x ${kernelWidth} kernel with mask ${maskType} has no live weight; use mask B or a larger kernel`,
      );
    }
    const live = values.reduce((sum, value) => sum + value, 0);
    const fans = { fanIn: live / cout, fanOut: live / cin };
    const initial = seededGlorotUniform(values.length, { ...fans, seed, purpose: this.name });
    this.kernel = this.addWeight('kernel', kernelShape, 'float32', tf.initializers.zeros());
    tf.tidy(() => {
      this.kernel.write(tf.tensor4d(initial, kernelShape));
    });
    this.bias = useBias ? this.addWeight('bias', [cout], 'float32', tf.initializers.zeros()) : undefined;
    this.mask = tf.keep(tf.tensor4d(values, kernelShape));
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, 3), this.args.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, residual] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, tf.Tensor4D?];
    const { inputActivation = 'linear', activation = 'linear' } = this.args;
    return maskedConv2dOp(
      {
        x,
        kernel: this.kernel.read() as tf.Tensor4D,
        mask: this.mask,
        bias: this.bias?.read() as tf.Tensor1D,
        residual,
      },
      { taps: this.taps, inputActivation, activation },
    );
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, maskType, colors, outputGroups, inputActivation, activation, useBias, seed } = this.args;
    return {
      ...super.getConfig(),
      filters,
      kernelSize: this.kernelSize,
      maskType: maskType.toLowerCase(), // as TensorFlow.js would save it: it turns every string to snake case
      colors,
      outputGroups: outputGroups ?? 'cyclic',
      inputActivation: inputActivation ?? 'linear',
      activation: activation ?? 'linear',
      useBias: useBias ?? true,
      seed: seed ?? 0,
    };
  }

  protected override disposeWeights(): number {
    this.mask?.dispose();
    return super.disposeWeights();
  }
}

function firstShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
  return (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
}

tf.serialization.registerClass(MaskedConv2D);

/** A {@link MaskedConv2D} layer: `maskedConv2d({filters: 32, kernelSize: 7, maskType: 'A', colors: 3})`. */
export function maskedConv2d(args: MaskedConv2DArgs): MaskedConv2D {
  return new MaskedConv2D(args);
}
