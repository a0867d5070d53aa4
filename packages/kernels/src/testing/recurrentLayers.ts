import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { diagonalBiLSTM } from '../ops/diagonalBiLSTM.js';
import type { DiagonalBiLSTMInputs, RowLSTMInputs } from '../ops/lstmInputs.js';
import { rowLSTM } from '../ops/rowLSTM.js';
import { liveTaps } from '../ops/taps.js';

/** A recurrent layer drawn by fast-check; its numbers follow from the seed. */
export interface RecurrentLayer {
  layer: 'rowLSTM' | 'diagonalBiLSTM';
  batch: number;
  height: number;
  width: number;
  cin: number;
  h: number;
  /** Widths of the Row LSTM's two convolutions. */
  inputSide: number;
  stateSide: number;
  /** 1: mask B of one colour; 3: of three, whose channels are cyclic within each gate; 0: nothing is masked. */
  colors: number;
  addition: boolean;
  /** Channels of an up-projection, 0: none, or `residual`: to those of x, which is added. */
  projection: number | 'residual';
  seed: number;
}

export interface LargestLayer {
  batch: number;
  height: number;
  width: number;
  cin: number;
  h: number;
}

export function recurrentLayers(
  layer: RecurrentLayer['layer'],
  largest: LargestLayer,
): fc.Arbitrary<RecurrentLayer> {
  const size = (max: number) => fc.integer({ min: 1, max });
  return fc.record({
    layer: fc.constant(layer),
    batch: size(largest.batch),
    height: size(largest.height),
    width: size(largest.width),
    cin: size(largest.cin),
    h: size(largest.h),
    inputSide: fc.constantFrom(1, 3, 5, 7),
    stateSide: fc.constantFrom(1, 3, 5),
    colors: fc.constantFrom(0, 1, 3),
    addition: fc.boolean(),
    projection: fc.oneof(fc.constantFrom(0, 'residual' as const), size(largest.h)),
    seed: fc.integer({ min: 0, max: 1_000_000 }),
  });
}

type Shape4D = [number, number, number, number];

/** The inputs as plain numbers, so that every backend can make its own tensors of them. */
export interface RecurrentData {
  layer: RecurrentLayer['layer'];
  mask: { values: Float32Array; shape: Shape4D };
  upMask: { values: Float32Array; shape: Shape4D };
  residual: boolean;
  /** x, inputKernel, bias, stateKernel, initialHidden, initialCell, and upKernel, upBias, addition where there are any. */
  variables: Record<string, { values: Float32Array; shape: number[] }>;
  dy: { values: Float32Array; shape: number[] };
}

export function drawRecurrentLayer(one: RecurrentLayer): RecurrentData {
  const { layer, batch, height, width, cin, h, stateSide, addition, seed } = one;
  const random = new Random(seed);
  const normal = (shape: number[], scale = 1) => ({
    shape,
    values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * random.normal()),
  });
  const row = layer === 'rowLSTM';
  const inputSide = row ? one.inputSide : 1;
  const gates = (row ? 4 : 8) * h;
  const initial = row ? [h] : [2, h];
  const kernelShape: Shape4D = [1, inputSide, cin, gates];
  const residual = one.projection === 'residual';
  const up = one.projection === 'residual' ? cin : one.projection;
  const map = [batch, height, width];
  return {
    layer,
    mask: { shape: kernelShape, values: drawMask({ ...one, inputSide }, gates) },
    upMask: { shape: [1, 1, h, up], values: drawMask({ ...one, inputSide: 1, cin: h, h: up }, up) },
    residual,
    variables: {
      x: normal([...map, cin]),
      inputKernel: normal(kernelShape, 1 / Math.sqrt(inputSide * cin)),
      bias: normal([gates]),
      stateKernel: row
        ? normal([stateSide, h, 4 * h], 1 / Math.sqrt(stateSide * h))
        : normal([2, 2, h, 4 * h], 1 / Math.sqrt(2 * h)),
      initialHidden: normal(initial),
      initialCell: normal(initial),
      ...(up > 0 && { upKernel: normal([1, 1, h, up], 1 / Math.sqrt(h)), upBias: normal([up]) }),
      ...(addition && { addition: normal([...map, gates]) }),
    },
    dy: normal([...map, up || h]),
  };
}

function drawMask(
  { cin, h, inputSide, colors }: Pick<RecurrentLayer, 'cin' | 'h' | 'inputSide' | 'colors'>,
  gates: number,
) {
  const centre = (inputSide - 1) / 2;
  const keep = (i: number) => {
    const [tap, input, output] = [Math.floor(i / (cin * gates)), Math.floor(i / gates) % cin, i % gates];
    if (colors === 0 || tap < centre) return true;
    return tap === centre && input % colors <= (output % h) % colors;
  };
  return Float32Array.from({ length: inputSide * cin * gates }, (_, i) => (keep(i) ? 1 : 0));
}

/** y, then the gradients of {@link RecurrentData.variables}. */
export function recurrentOutputAndGradients(data: RecurrentData): tf.Tensor[] {
  const { layer, mask, upMask, residual, variables, dy } = data;
  const names = Object.keys(variables);
  const given = Object.values(variables).map(({ values, shape }) => tf.tensor(values, shape));
  const inputMask = tf.tensor4d(mask.values, mask.shape);
  const taps = liveTaps(mask.values, mask.shape);
  const compute = (...tensors: tf.Tensor[]): tf.Tensor => {
    const { upKernel, upBias, ...others } = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
    const filter = { kernel: upKernel, bias: upBias, residual };
    const projection = upKernel && { ...filter, mask: tf.tensor4d(upMask.values, upMask.shape) };
    const inputs: unknown = { ...others, inputMask, projection };
    return layer === 'rowLSTM'
      ? rowLSTM(inputs as RowLSTMInputs, taps)
      : diagonalBiLSTM(inputs as DiagonalBiLSTMInputs);
  };
  return [compute(...given), ...tf.grads(compute)(given, tf.tensor(dy.values, dy.shape))];
}
