import { maskedConv2d as maskedConv2dOp } from '@pixelrnn/kernels';
import { positive, seed } from '@pixelrnn/kernels/options';
import type { MapId } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { maskedTerm, valuesOf } from '../describe/maskedTerm.js';
import { here, type PlanBuilder } from '../describe/planBuilder.js';
import { activation, type LayerArgs, layerOptions } from '../layerOptions.js';
import { convolutionOptions, type MaskedConvolution, maskedConvolution } from './maskedConvolution.js';

const schema = z.strictObject({
  ...convolutionOptions,
  /** Colours of a pixel; channels belong to them cyclically. */
  colors: positive,
  /** Applied to the input before the convolution. */
  inputActivation: activation,
  /** Applied after the bias. */
  activation,
  useBias: z.boolean().default(true),
  /** Seed of the initial weights. */
  seed,
});

export type MaskedConv2DArgs = LayerArgs & z.input<typeof schema>;

/**
 * The masked convolution of PixelRNN, section 3.4: stride 1, zeros outside the image, output as large as the input.
 *
 * Input [B, H, W, Cin], or [that, residual [B, H, W, filters]]: the residual is added after the activation.
 * The mask is multiplied in at call time, so that no optimiser can undo it.
 */
export class MaskedConv2D extends tf.layers.Layer implements DescribedLayer {
  static className = 'MaskedConv2D';

  private readonly args: z.output<typeof schema>;
  private kernel!: tf.LayerVariable;
  private bias: tf.LayerVariable | undefined;
  private convolution: MaskedConvolution | undefined;

  constructor(args: MaskedConv2DArgs) {
    super(args);
    this.args = layerOptions('MaskedConv2D', schema, args);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const shape = firstShape(inputShape);
    const cin = shape[3];
    if (shape.length !== 4 || cin == null) {
      throw new Error(`MaskedConv2D: input must be [B, H, W, channels] with known channels, got [${shape}]`);
    }
    const { filters, useBias } = this.args;
    const made = maskedConvolution('MaskedConv2D', { ...this.args, cin, purpose: this.name });
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
    const { inputActivation, activation } = this.args;
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
    const { filters, colors, maskType, outputGroups, inputActivation, activation } = this.args;
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
    const { maskType } = this.args;
    // As TensorFlow.js would save it: it turns every string to snake case.
    return { ...super.getConfig(), ...this.args, maskType: maskType.toLowerCase() };
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
