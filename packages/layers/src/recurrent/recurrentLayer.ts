import type { Tap, UpProjection } from '@pixelrnn/kernels';
import { type MapId, type PlanTerm, type SumStep, unitBlocks } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { maskedTerm, partOf, valuesOf } from '../describe/maskedTerm.js';
import { here, type PlanBuilder } from '../describe/planBuilder.js';
import { type LayerArgs, layerOptions } from '../layerOptions.js';
import { convolutionMask } from '../mask/mask.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';
import type { RecurrentOptions } from './recurrentOptions.js';

/** Blocks of sums of one direction, in their order. */
const gates = unitBlocks.lstm;

/** Weights that the two recurrent layers have in common. */
export interface RecurrentShapes {
  inputKernel: [number, number, number, number];
  stateKernel: number[];
  /** The shape of h0 and of c0. */
  initialState: number[];
}

/** A position from the one that is computed. */
interface Offset {
  row: number;
  column: number;
}

/** One scan over the image; weights hold the directions one after the other. */
export interface ScanDirection {
  when: Extract<SumStep['when'], 'pixel' | 'rowReversed'>;
  /** The border that holds the initial state. */
  initial: 'above' | 'left' | 'right';
  /** What the state-to-state kernel reads, in its order. */
  state: readonly Offset[];
  /** Where c of the step before stands. */
  cell: Offset;
  /** Where the layer's output reads this direction's hidden map. */
  output: Offset;
}

/**
 * What Row LSTM and Diagonal BiLSTM share: the input-to-state kernel with mask B built for each gate block, the
 * state-to-state kernel, biases and learned initial states (PixelRNN, section 3.6).
 *
 * Input [B, H, W, Cin], or [that, then conditions in any order]: a map [B, H, W, c], of which an unmasked 1x1 convolution
 * without bias is added to the input-to-state map (multi-scale PixelRNN), and a vector [B, m], the same for every pixel
 * (1606.05328, equation 4). Output [B, H, W, h], or with an up-projection (Figure 5, right)
 * [B, H, W, outputFilters].
 *
 * Not given by the paper, chosen here: the forget gate's bias starts at 1, the initial states at 0.
 */
export abstract class RecurrentLayer<Options extends RecurrentOptions>
  extends tf.layers.Layer
  implements DescribedLayer
{
  protected weightsOf!: Record<
    'inputKernel' | 'bias' | 'stateKernel' | 'initialHidden' | 'initialCell',
    tf.LayerVariable
  >;
  protected inputMask!: tf.Tensor4D;
  /** Kernels of a map [B, H, W, c] and of a vector [B, m]. */
  private readonly conditionKernels: { map?: tf.LayerVariable; vector?: tf.LayerVariable } = {};
  private up: { kernel: tf.LayerVariable; bias: tf.LayerVariable; mask: tf.Tensor4D } | undefined;

  protected readonly args: Options;

  constructor(args: LayerArgs, schema: z.ZodType<Options>) {
    super(args);
    this.args = layerOptions(this.getClassName(), schema, args);
    const { outputFilters, residual } = this.args;
    if (residual && outputFilters === 0) {
      throw new Error(`${this.getClassName()}: residual needs outputFilters, as many as the input has maps`);
    }
  }

  protected abstract shapes(cin: number): RecurrentShapes;

  /** Live positions of the input-to-state kernel. */
  protected abstract readonly taps: readonly Tap[];

  protected abstract readonly directions: readonly ScanDirection[];

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [shape, ...conditions] = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tf.Shape[];
    const cin = shape?.[3];
    if (shape?.length !== 4 || cin == null) {
      throw new Error(
        `${this.getClassName()}: input must be [B, H, W, channels] with known channels, got [${inputShape}]`,
      );
    }
    const { inputKernel, stateKernel, initialState } = this.shapes(cin);
    const blocks = this.directions.length * gates.length;
    const { filters, colors, outputFilters, residual } = this.args;
    if (residual && outputFilters !== cin) {
      throw new Error(
        `${this.getClassName()}: residual needs as many outputFilters as input maps, got ${outputFilters} and ${cin}`,
      );
    }
    const [kernelHeight, kernelWidth, , cout] = inputKernel;
    const mask = convolutionMask({ kernelHeight, kernelWidth, cin, cout, maskType: 'B', colors, blocks });
    const live = mask.reduce((sum, value) => sum + value, 0) / blocks;
    const stateWeights = stateKernel.reduce((product, size) => product * size, 1);
    const fanState = stateWeights / (blocks * filters);
    const bias = new Float32Array(cout);
    for (let block = gates.indexOf('f'); block < blocks; block += gates.length) {
      bias.fill(1, block * filters, (block + 1) * filters);
    }
    this.inputMask = tf.keep(tf.tensor4d(mask, inputKernel));
    this.weightsOf = {
      inputKernel: this.seededWeight('input_kernel', inputKernel, live / filters, live / cin),
      bias: this.addWeight('bias', [cout], 'float32', tf.initializers.zeros()),
      stateKernel: this.seededWeight('state_kernel', stateKernel, fanState, fanState),
      initialHidden: this.addWeight('initial_hidden', initialState, 'float32', tf.initializers.zeros()),
      initialCell: this.addWeight('initial_cell', initialState, 'float32', tf.initializers.zeros()),
    };
    tf.tidy(() => {
      this.weightsOf.bias.write(tf.tensor1d(bias));
    });
    if (outputFilters > 0) this.up = this.buildUpProjection(outputFilters);
    for (const condition of conditions) this.buildCondition(condition, cout);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    return [...shape.slice(0, 3), this.args.outputFilters || this.args.filters];
  }

  private buildCondition(shape: tf.Shape, cout: number): void {
    const size = shape.at(-1);
    const kind = shape.length === 2 ? 'vector' : shape.length === 4 ? 'map' : null;
    if (kind === null || size == null || this.conditionKernels[kind]) {
      throw new Error(
        `${this.getClassName()}: conditions must be at most one vector [B, m] and one map [B, H, W, c], got [${shape}]`,
      );
    }
    const name = kind === 'map' ? 'condition_kernel' : 'vector_kernel';
    this.conditionKernels[kind] = this.seededWeight(name, [size, cout], size, this.args.filters);
  }

  /** The conditions' share of the input-to-state map of x, [B, H, W, gates x h]. */
  protected additionOf(x: tf.Tensor4D, conditions: readonly tf.Tensor[]): tf.Tensor4D | undefined {
    const [batch, height, width] = x.shape;
    const additions = conditions.map((condition) => {
      const kernel = this.conditionKernels[condition.rank === 2 ? 'vector' : 'map'] as tf.LayerVariable;
      const flat = tf.reshape(condition, [-1, condition.shape.at(-1) as number]) as tf.Tensor2D;
      const product = tf.matMul(flat, kernel.read() as tf.Tensor2D);
      return condition.rank === 2
        ? tf.tile(tf.reshape(product, [batch, 1, 1, -1]), [1, height, width, 1])
        : tf.reshape(product, [batch, height, width, -1]);
    });
    const [first, second] = additions as [tf.Tensor4D?, tf.Tensor4D?];
    return first && second ? tf.add(first, second) : first;
  }

  /** The up-projection as the operations take it. */
  protected get projection(): UpProjection | undefined {
    if (!this.up) return undefined;
    const { kernel, bias, mask } = this.up;
    return {
      kernel: kernel.read() as tf.Tensor4D,
      bias: bias.read() as tf.Tensor1D,
      mask,
      residual: this.args.residual,
    };
  }

  private buildUpProjection(cout: number): NonNullable<typeof this.up> {
    const { filters: cin, colors } = this.args;
    const shape: [number, number, number, number] = [1, 1, cin, cout];
    const mask = convolutionMask({ kernelHeight: 1, kernelWidth: 1, cin, cout, maskType: 'B', colors });
    const live = mask.reduce((sum, value) => sum + value, 0);
    return {
      kernel: this.seededWeight('up_kernel', shape, live / cout, live / cin),
      bias: this.addWeight('up_bias', [cout], 'float32', tf.initializers.zeros()),
      mask: tf.keep(tf.tensor4d(mask, shape)),
    };
  }

  describe(plan: PlanBuilder, [input, ...conditions]: readonly MapId[]): MapId[] {
    const map = input as MapId;
    const { filters, colors, outputFilters, residual } = this.args;
    plan.expectCyclic(map, colors);
    const hidden = this.directions.map((direction, i) => ({
      map: this.describeScan(plan, direction, i, map, conditions),
      ...direction.output,
    }));
    // The hidden map's border holds the initial state: other layers read a copy, which has zeros there.
    const output = plan.sum({ channels: filters, additions: hidden });
    if (!this.up) return [output];
    const { kernel, bias, mask } = this.up;
    const up = plan.sum({
      channels: outputFilters,
      terms: [maskedTerm({ map: output, kernel, mask, maskType: 'B', taps: [{ row: 0, column: 0 }] })],
      bias: valuesOf(bias),
      residuals: residual ? [here(map)] : [],
    });
    return [up];
  }

  /** One direction's step; returns its hidden map. */
  private describeScan(
    plan: PlanBuilder,
    { when, initial, state, cell }: ScanDirection,
    index: number,
    map: MapId,
    conditions: readonly MapId[],
  ): MapId {
    const { filters: h } = this.args;
    const { inputKernel, bias, stateKernel, initialHidden, initialCell } = this.weightsOf;
    const perDirection = gates.length * h;
    const sums = [index * perDirection, (index + 1) * perDirection] as const;
    const part = (variable: tf.LayerVariable, size: number) =>
      partOf(variable, index * size, (index + 1) * size);
    const stateMap = (values: tf.LayerVariable) =>
      plan.addMap({ channels: h, groups: 'cyclic', stride: 1, [initial]: part(values, h) });
    const [hidden, cells] = [stateMap(initialHidden), stateMap(initialCell)];
    const terms: PlanTerm[] = [
      maskedTerm({ map, kernel: inputKernel, mask: this.inputMask, maskType: 'B', taps: this.taps, sums }),
      {
        map: hidden,
        taps: state.map((offset) => ({ ...offset, colors: 'all' })),
        weights: part(stateKernel, state.length * h * perDirection),
      },
    ];
    for (const condition of conditions) {
      const kind = plan.map(condition).stride === 0 ? 'vector' : 'map';
      terms.push(conditionTerm(condition, this.conditionKernels[kind] as tf.LayerVariable, sums));
    }
    plan.addStep({
      kind: 'sum',
      when,
      out: hidden,
      terms,
      bias: part(bias, perDirection),
      additions: [],
      unit: 'lstm',
      cell: { map: cells, ...cell },
      residuals: [],
    });
    return hidden;
  }

  override getConfig(): tf.serialization.ConfigDict {
    return { ...super.getConfig(), ...this.args };
  }

  protected override disposeWeights(): number {
    this.inputMask?.dispose();
    this.up?.mask.dispose();
    return super.disposeWeights();
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
}

function conditionTerm(
  map: MapId,
  kernel: tf.LayerVariable,
  [from, to]: readonly [number, number],
): PlanTerm {
  const [rows, columns] = kernel.shape as [number, number];
  return {
    map,
    taps: [{ row: 0, column: 0, colors: 'all' }],
    weights: () => {
      const values = valuesOf(kernel)();
      const weights = new Float32Array(rows * (to - from));
      for (let row = 0; row < rows; row++) {
        weights.set(values.subarray(row * columns + from, row * columns + to), row * (to - from));
      }
      return weights;
    },
  };
}
