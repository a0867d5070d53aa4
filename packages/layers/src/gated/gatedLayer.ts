import { type GatedLayerConvolution, gatedLayer as gatedLayerOp } from '@pixelrnn/kernels';
import { positive, seed } from '@pixelrnn/kernels/options';
import type { MapId, Place } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { maskedTerm, valuesOf } from '../describe/maskedTerm.js';
import { here, type PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions, maskType } from '../layerOptions.js';
import { convolutionMask } from '../mask/mask.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';
import {
  type CentredKernel,
  type CroppedKernel,
  centred,
  croppedTerm,
  halfOfColumns,
  horizontalKernel,
  linkKernel,
  verticalKernel,
} from './gatedKernels.js';

const schema = z.strictObject({
  /** p: maps of either stack. */
  filters: positive,
  /** n: the stacks' kernels are ceil(n/2) x n and 1 x ceil(n/2); at least 3, for the stack of rows above to grow. */
  kernelSize: z.int().min(3),
  /** The horizontal stack's mask: A for the first layer, which has no residual connection either. */
  maskType,
  /** Colours of a pixel; channels belong to them cyclically, within each half of the sums. */
  colors: positive,
  /** Seed of the initial weights. */
  seed,
});

export type GatedLayerArgs = LayerArgs & z.input<typeof schema>;

interface Convolution extends CentredKernel {
  cropped: CroppedKernel;
  kernel: tf.LayerVariable;
  bias: tf.LayerVariable;
}

/** Weights of a condition: of the sums of both stacks at once, vertical ones first. */
type ConditionKernel = tf.LayerVariable | undefined;

/**
 * A layer of Gated PixelCNN (1606.05328, sections 2.1 to 2.3, Figure 2), two stacks side by side:
 *
 *     vertical     [f, g] = conv(v, ceil(n/2) x n) + conditions;                                 v' = tanh(f) sigmoid(g)
 *     horizontal   [f, g] = conv(h, 1 x ceil(n/2)) + link([f, g] of the vertical stack, one row above) + conditions;
 *                  h' = conv(tanh(f) sigmoid(g), 1 x 1) + h
 *
 * The vertical stack at row r has read rows up to r; its link is shifted down by one row, so that the horizontal stack reads
 * rows above only, all of them that the kernel reaches, and has no blind spot. With mask A nothing is added to h'.
 *
 * Inputs [v, h]: [B, H, W, channels] each, then in any order a vector [B, m], the same for every pixel, and a map
 * [B, H, W, c], both without bias (equations 4 and 5). Outputs [v', h']: [B, H, W, p] each.
 *
 * Not given by the paper, chosen here: both stacks are conditioned, each with weights of its own.
 */
export class GatedLayer extends tf.layers.Layer implements DescribedLayer {
  static className = 'GatedLayer';

  private readonly args: z.output<typeof schema>;
  private vertical!: Convolution;
  private link!: Convolution;
  private horizontal!: Convolution;
  private projection!: { kernel: tf.LayerVariable; bias: tf.LayerVariable; mask: tf.Tensor4D };
  private vectorKernel: ConditionKernel;
  private mapKernel: ConditionKernel;

  constructor(args: GatedLayerArgs) {
    super(args);
    this.args = layerOptions('GatedLayer', schema, args);
  }

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [v, h, ...conditions] = inputShape as tf.Shape[];
    const [above, left] = [v?.[3], h?.[3]];
    if (v?.length !== 4 || h?.length !== 4 || above == null || left == null) {
      throw new Error(
        `GatedLayer: inputs must be [v, h, conditions...], v and h [B, H, W, channels] with known channels, got ${JSON.stringify(inputShape)}`,
      );
    }
    const { filters, kernelSize, maskType, colors } = this.args;
    if (maskType === 'B' && left !== filters) {
      throw new Error(
        `GatedLayer: h must have as many channels as filters, for the residual connection, got ${left} and ${filters}`,
      );
    }
    this.vertical = this.convolution('vertical', verticalKernel({ kernelSize, cin: above, filters }));
    this.link = this.convolution('link', linkKernel(filters));
    const size = { kernelSize, cin: left, filters };
    this.horizontal = this.convolution('horizontal', horizontalKernel(size, maskType, colors));
    this.projection = this.buildProjection();
    for (const shape of conditions) this.buildCondition(shape);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape[]): tf.Shape[] {
    return inputShape.slice(0, 2).map((shape) => [...shape.slice(0, 3), this.args.filters]);
  }

  override call(inputs: tf.Tensor[]): tf.Tensor[] {
    const [v, h, ...conditions] = inputs as [tf.Tensor4D, tf.Tensor4D, ...tf.Tensor[]];
    const vector = conditions.find(({ rank }) => rank === 2);
    const map = conditions.find(({ rank }) => rank === 4);
    const { projection } = this;
    return gatedLayerOp({
      ...{ v, h },
      vertical: weightsOf(this.vertical),
      link: weightsOf(this.link),
      horizontal: weightsOf(this.horizontal),
      projection: {
        kernel: projection.kernel.read() as tf.Tensor4D,
        mask: projection.mask,
        bias: projection.bias.read() as tf.Tensor1D,
      },
      residual: this.args.maskType === 'B',
      vector: vector && (conditionSums(vector, this.vectorKernel) as tf.Tensor2D),
      map: map && (conditionSums(map, this.mapKernel) as tf.Tensor4D),
    });
  }

  /**
   * The vertical stack a row at a time, once the row is complete: what the horizontal stack reads of it lies a row above.
   */
  describe(plan: PlanBuilder, [v, h, ...conditions]: readonly MapId[]): MapId[] {
    const { filters, colors, maskType } = this.args;
    const [above, left] = [v as MapId, h as MapId];
    plan.expectCyclic(left, colors);
    const conditionSums = (stack: 0 | 1): Place[] =>
      conditions.map((map) => here(this.describeCondition(plan, map, stack)));
    const { vertical, link, horizontal, projection } = this;
    const below = plan.sum({
      when: 'row',
      groups: 'all',
      channels: 2 * filters,
      terms: [croppedTerm(above, vertical.cropped, valuesOf(vertical.kernel))],
      bias: valuesOf(vertical.bias),
      additions: conditionSums(0),
    });
    const next = { when: 'row', groups: 'all', channels: filters, unit: 'gated' } as const;
    const nextVertical = plan.sum({ ...next, additions: [here(below)] });
    const gated = plan.sum({
      channels: filters,
      terms: [
        croppedTerm(left, horizontal.cropped, valuesOf(horizontal.kernel)),
        croppedTerm(below, link.cropped, valuesOf(link.kernel)),
      ],
      bias: () => added(valuesOf(horizontal.bias)(), valuesOf(link.bias)()),
      additions: conditionSums(1),
      unit: 'gated',
    });
    const { kernel, mask, bias } = projection;
    const taps = [{ row: 0, column: 0 }];
    const nextHorizontal = plan.sum({
      channels: filters,
      terms: [maskedTerm({ map: gated, kernel, mask, maskType: 'B', taps })],
      bias: valuesOf(bias),
      residuals: maskType === 'B' ? [here(left)] : [],
    });
    return [nextVertical, nextHorizontal];
  }

  /** What a condition adds to the sums of one of the stacks, complete before the first pixel. */
  private describeCondition(plan: PlanBuilder, map: MapId, stack: 0 | 1): MapId {
    const { channels, stride } = plan.map(map);
    const kernel = (stride === 0 ? this.vectorKernel : this.mapKernel) as tf.LayerVariable; // [channels, 4p]
    const sums = 2 * this.args.filters;
    const half = () => halfOfColumns(valuesOf(kernel)(), channels, stack);
    const taps = [{ row: 0, column: 0, colors: 'all' as const }];
    return plan.sum({ channels: sums, terms: [{ map, taps, weights: half }] });
  }

  private convolution(name: string, cropped: CroppedKernel): Convolution {
    const [, , cin, sums] = cropped.shape;
    const live = cropped.mask.reduce((sum, value) => sum + value, 0);
    const kernel = this.seededWeight(`${name}_kernel`, cropped.shape, live / sums, live / cin);
    const bias = this.addWeight(`${name}_bias`, [sums], 'float32', tf.initializers.zeros());
    return { ...centred(cropped), cropped, kernel, bias };
  }

  private buildProjection(): typeof this.projection {
    const { filters, colors } = this.args;
    const shape: [number, number, number, number] = [1, 1, filters, filters];
    const values = convolutionMask({
      kernelHeight: 1,
      kernelWidth: 1,
      cin: filters,
      cout: filters,
      maskType: 'B',
      colors,
    });
    const fan = values.reduce((sum, value) => sum + value, 0) / filters;
    return {
      kernel: this.seededWeight('output_kernel', shape, fan, fan),
      bias: this.addWeight('output_bias', [filters], 'float32', tf.initializers.zeros()),
      mask: tf.keep(tf.tensor4d(values, shape)),
    };
  }

  private buildCondition(shape: tf.Shape): void {
    const size = shape.at(-1);
    const kind = shape.length === 2 ? 'vector' : shape.length === 4 ? 'map' : null;
    if (kind === null || size == null || (kind === 'vector' ? this.vectorKernel : this.mapKernel)) {
      throw new Error(
        `GatedLayer: conditions must be at most one vector [B, m] and one map [B, H, W, c], got [${shape}]`,
      );
    }
    const sums = 2 * this.args.filters;
    const kernel = this.seededWeight(`${kind}_kernel`, [size, 2 * sums], size, sums);
    if (kind === 'vector') this.vectorKernel = kernel;
    else this.mapKernel = kernel;
  }

  private seededWeight(name: string, shape: number[], fanIn: number, fanOut: number): tf.LayerVariable {
    const weight = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    const count = shape.reduce((product, size) => product * size, 1);
    const options = { fanIn, fanOut, seed: this.args.seed, purpose: `${this.name}/${name}` };
    tf.tidy(() => {
      weight.write(tf.tensor(seededGlorotUniform(count, options), shape));
    });
    return weight;
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { maskType } = this.args;
    // TensorFlow.js saves every string of a configuration in lower case.
    return { ...super.getConfig(), ...this.args, maskType: maskType.toLowerCase() };
  }

  protected override disposeWeights(): number {
    for (const each of [this.vertical, this.link, this.horizontal, this.projection]) each?.mask.dispose();
    return super.disposeWeights();
  }
}

/** What an operation is given of a convolution. */
function weightsOf({ kernel, bias, mask, padding, taps }: Convolution): GatedLayerConvolution {
  const centredKernel = tf.pad(kernel.read() as tf.Tensor4D, padding);
  return { kernel: centredKernel, mask, bias: bias.read() as tf.Tensor1D, taps };
}

/** What a condition adds to the sums of both stacks, [..., 4p]. */
function conditionSums(condition: tf.Tensor, kernel: ConditionKernel): tf.Tensor {
  const weights = (kernel as tf.LayerVariable).read() as tf.Tensor2D; // [m, 4p]
  const rows = tf.reshape(condition, [-1, weights.shape[0]]) as tf.Tensor2D;
  return tf.reshape(tf.matMul(rows, weights), [...condition.shape.slice(0, -1), weights.shape[1]]);
}

const added = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + (b[i] as number));

tf.serialization.registerClass(GatedLayer);

/** A {@link GatedLayer}: `gatedLayer({filters: 32, kernelSize: 3, maskType: 'B', colors: 3})`. */
export function gatedLayer(args: GatedLayerArgs): GatedLayer {
  return new GatedLayer(args);
}
