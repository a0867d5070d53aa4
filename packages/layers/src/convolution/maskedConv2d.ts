import { type Activation, maskedConv2d as maskedConv2dOp } from '@pixelrnn/kernels';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { maskedTerm, valuesOf } from '../describe/maskedTerm.js';
import { here, type PlanBuilder } from '../describe/planBuilder.js';
import { parseMaskType } from '../mask/mask.js';
import {
  bothSides,
  type MaskedConvolution,
  type MaskedConvolutionOptions,
  maskedConvolution,
} from './maskedConvolution.js';

type LayerArgs = ConstructorParameters<typeof tf.layers.Layer>[0];

export interface MaskedConv2DArgs extends NonNullable<LayerArgs>, MaskedConvolutionOptions {
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: number;
  /** Applied to the input before the convolution; default linear. */
  inputActivation?: Activation;
  /** Applied after the bias; default linear. */
  activation?: Activation;
  /** Default true. */
  useBias?: boolean;
  /** Seed of the initial weights; default 0. */
  seed?: number;
}

/**
 * The masked convolution of PixelRNN, section 3.4: stride 1, zeros outside the image, output as large as the input.
 *
 * Input [B, H, W, Cin], or [that, residual [B, H, W, filters]]: the residual is added after the activation.
 * The mask is multiplied in at call time, so that no optimiser can undo it.
 */
export class MaskedConv2D extends tf.layers.Layer implements DescribedLayer {
  static className = 'MaskedConv2D';

  private readonly kernelSize: [number, number];
  private readonly args: MaskedConv2DArgs;
  private kernel!: tf.LayerVariable;
  private bias: tf.LayerVariable | undefined;
  private convolution: MaskedConvolution | undefined;

  constructor(args: MaskedConv2DArgs) {
    super(args);
    this.kernelSize = bothSides(args.kernelSize);
    this.args = { ...args, maskType: parseMaskType('MaskedConv2D', args.maskType) };
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = firstShape(inputShape);
    const cin = shape[3];
    if (shape.length !== 4 || cin == null) {
      throw new Error(`MaskedConv2D: input must be [B, H, W, channels] with known channels, got [${shape}]`);
    }
    const { filters, useBias = true, seed = 0 } = this.args;
    const made = maskedConvolution('MaskedConv2D', { ...this.args, cin, seed, purpose: this.name });
    this.kernel = this.addWeight('kernel', made.kernelShape, 'float32', tf.initializers.zeros());
    tf.tidy(() => {
      this.kernel.write(tf.tensor4d(made.initialKernel, made.kernelShape));
    });
    this.bias = useBias ? this.addWeight('bias', [filters], 'float32', tf.initializers.zeros()) : undefined;
    this.convolution = made;
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    return [...firstShape(inputShape).slice(0, 3), this.args.filters];
  }

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    const [x, residual] = (Array.isArray(inputs) ? inputs : [inputs]) as [tf.Tensor4D, tf.Tensor4D?];
    const { inputActivation = 'linear', activation = 'linear' } = this.args;
    const { mask, taps } = this.convolution as MaskedConvolution;
    return maskedConv2dOp(
      {
        x,
        kernel: this.kernel.read() as tf.Tensor4D,
        mask,
        bias: this.bias?.read() as tf.Tensor1D,
        residual,
      },
      { taps, inputActivation, activation },
    );
  }

  describe(plan: PlanBuilder, [input, residual]: readonly MapId[]): MapId[] {
    const { filters, colors, maskType, outputGroups = 'cyclic', inputActivation, activation } = this.args;
    const { mask, taps } = this.convolution as MaskedConvolution;
    const map = input as MapId;
    plan.expectCyclic(map, colors);
    return [
      plan.sum({
        channels: filters,
        groups: outputGroups,
        terms: [maskedTerm({ map, kernel: this.kernel, mask, maskType, taps, inputActivation })],
        bias: this.bias && valuesOf(this.bias),
        unit: activation,
        residuals: residual === undefined ? [] : [here(residual)],
      }),
    ];
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
    this.convolution?.mask.dispose();
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
