import type { Tap, UpProjection } from '@pixelrnn/kernels';
import { type MapId, type PlanTerm, type SumStep, unitBlocks } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import type { DescribedLayer } from '../describe/describeLayer.js';
import { maskedTerm, partOf, valuesOf } from '../describe/maskedTerm.js';
import { here, type PlanBuilder } from '../describe/planBuilder.js';
import { convolutionMask } from '../mask/mask.js';
import { seededGlorotUniform } from '../seededGlorotUniform.js';

/** Blocks of sums of one direction, in their order. */
const gates = unitBlocks.lstm;

export interface RecurrentLayerArgs extends NonNullable<ConstructorParameters<typeof tf.layers.Layer>[0]> {
  /** h: hidden maps of the output. */
  filters: number;
  /** Colours of a pixel; maps belong to them cyclically, within each gate. */
  colors: number;
  /** Maps of the output, through a 1x1 convolution with mask B and bias; default 0: the output is the hidden map. */
  outputFilters?: number;
  /** The input is added to the output, which then has as many maps; default false. */
  residual?: boolean;
  /** Of the initial weights; default 0. */
  seed?: number;
}

/** Weights that the two recurrent layers have in common. */
export interface RecurrentShapes {
  inputKernel: [number, number, number, number];
  stateKernel: number[];
  /** Of h0 and c0. */
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
 * Input [B, H, W, Cin], or [that, condition [B, H, W, c]]: an unmasked 1x1 convolution of the condition without bias is
 * added to the input-to-state map (multi-scale PixelRNN). Output [B, H, W, h], or with an up-projection (Figure 5, right)
 * [B, H, W, outputFilters].
 *
 * Not given by the paper, chosen here: the forget gate's bias starts at 1, the initial states at 0.
 */
export abstract class RecurrentLayer<Args extends RecurrentLayerArgs>
  extends tf.layers.Layer
  implements DescribedLayer
{
  protected weightsOf!: Record<
    'inputKernel' | 'bias' | 'stateKernel' | 'initialHidden' | 'initialCell',
    tf.LayerVariable
  >;
  protected inputMask!: tf.Tensor4D;
  private conditionKernel: tf.LayerVariable | undefined;
  private up: { kernel: tf.LayerVariable; bias: tf.LayerVariable; mask: tf.Tensor4D } | undefined;

  constructor(protected readonly args: Args) {
    super(args);
    const { outputFilters = 0, residual = false } = args;
    if (!Number.isInteger(outputFilters) || outputFilters < 0) {
      throw new Error(`${this.getClassName()}: outputFilters must be a whole number, got ${outputFilters}`);
    }
    if (residual && outputFilters === 0) {
      throw new Error(`${this.getClassName()}: residual needs outputFilters, as many as the input has maps`);
    }
  }

  protected abstract shapes(cin: number): RecurrentShapes;

  /** Live positions of the input-to-state kernel. */
  protected abstract readonly taps: readonly Tap[];

  protected abstract readonly directions: readonly ScanDirection[];

  override build(inputShape: tf.Shape | tf.Shape[]): void {
    const [shape, condition] = (Array.isArray(inputShape[0]) ? inputShape : [inputShape]) as tf.Shape[];
    const cin = shape?.[3];
    if (shape?.length !== 4 || cin == null || (condition && condition[3] == null)) {
      throw new Error(
        `${this.getClassName()}: input must be [B, H, W, channels] with known channels, got [${inputShape}]`,
      );
    }
    const { inputKernel, stateKernel, initialState } = this.shapes(cin);
    const blocks = this.directions.length * gates.length;
    const { filters, colors, outputFilters = 0, residual = false } = this.args;
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
    const maps = condition?.[3];
    if (maps) this.conditionKernel = this.seededWeight('condition_kernel', [maps, cout], maps, filters);
    super.build(inputShape);
  }

  override computeOutputShape(inputShape: tf.Shape | tf.Shape[]): tf.Shape {
    const shape = (Array.isArray(inputShape[0]) ? inputShape[0] : inputShape) as tf.Shape;
    return [...shape.slice(0, 3), this.args.outputFilters || this.args.filters];
  }

  /** The condition's share of the input-to-state map, [B, H, W, gates x h]. */
  protected additionOf(condition: tf.Tensor | undefined): tf.Tensor4D | undefined {
    if (!condition || !this.conditionKernel) return undefined;
    const [batch, height, width, maps] = condition.shape as [number, number, number, number];
    const product = tf.matMul(tf.reshape(condition, [-1, maps]), this.conditionKernel.read() as tf.Tensor2D);
    return tf.reshape(product, [batch, height, width, -1]);
  }

  /** The up-projection as the operations take it. */
  protected get projection(): UpProjection | undefined {
    if (!this.up) return undefined;
    const { kernel, bias, mask } = this.up;
    return {
      kernel: kernel.read() as tf.Tensor4D,
      bias: bias.read() as tf.Tensor1D,
      mask,
      residual: this.args.residual ?? false,
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

  describe(plan: PlanBuilder, [input, condition]: readonly MapId[]): MapId[] {
    const map = input as MapId;
    const { filters, colors, outputFilters = 0, residual = false } = this.args;
    plan.expectCyclic(map, colors);
    const hidden = this.directions.map((direction, i) => ({
      map: this.describeScan(plan, direction, i, map, condition),
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
    condition: MapId | undefined,
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
    if (condition !== undefined) terms.push(this.conditionTerm(condition, sums));
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

  private conditionTerm(map: MapId, [from, to]: readonly [number, number]): PlanTerm {
    const kernel = this.conditionKernel as tf.LayerVariable;
    const [maps, columns] = kernel.shape as [number, number];
    return {
      map,
      taps: [{ row: 0, column: 0, colors: 'all' }],
      weights: () => {
        const values = valuesOf(kernel)();
        const weights = new Float32Array(maps * (to - from));
        for (let row = 0; row < maps; row++) {
          weights.set(values.subarray(row * columns + from, row * columns + to), row * (to - from));
        }
        return weights;
      },
    };
  }

  override getConfig(): tf.serialization.ConfigDict {
    const { filters, colors, outputFilters = 0, residual = false, seed = 0 } = this.args;
    return { ...super.getConfig(), filters, colors, outputFilters, residual, seed };
  }

  protected override disposeWeights(): number {
    this.inputMask?.dispose();
    this.up?.mask.dispose();
    return super.disposeWeights();
  }

  private seededWeight(name: string, shape: number[], fanIn: number, fanOut: number): tf.LayerVariable {
    const weight = this.addWeight(name, shape, 'float32', tf.initializers.zeros());
    const count = shape.reduce((product, size) => product * size, 1);
    const options = { fanIn, fanOut, seed: this.args.seed ?? 0, purpose: `${this.name}/${name}` };
    tf.tidy(() => {
      weight.write(tf.tensor(seededGlorotUniform(count, options), shape));
    });
    return weight;
  }
}
