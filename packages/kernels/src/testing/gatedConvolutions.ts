import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { GatedConv2dInputs } from '../composed/gatedConv2d.js';
import { gatedConv2d } from '../ops/gatedConv2d.js';
import { liveTaps } from '../ops/taps.js';

const size = (max: number) => fc.integer({ min: 1, max });

export const gatedConvolutions = fc.record({
  batch: size(17),
  height: size(9),
  width: size(9),
  cin: size(20),
  maps: size(40),
  side: fc.constantFrom(1, 3, 5),
  /** 1: mask B of one colour; 3: of three, whose channels are cyclic within each half. */
  colors: fc.constantFrom(1, 3),
  bias: fc.boolean(),
  vector: fc.boolean(),
  map: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

type GatedConvolution = typeof gatedConvolutions extends fc.Arbitrary<infer T> ? T : never;
type Shape4D = [number, number, number, number];

export interface GatedConvolutionData {
  mask: { values: Float32Array; shape: Shape4D };
  /** x, kernel, and bias, vector and map where there are any. */
  variables: Record<string, { values: Float32Array; shape: number[] }>;
  dy: { values: Float32Array; shape: number[] };
}

/** Plain numbers that follow from the seed. */
export function drawGatedConvolution(one: GatedConvolution): GatedConvolutionData {
  const { batch, height, width, cin, maps, side, colors } = one;
  const random = new Random(one.seed);
  const normal = (shape: number[], scale = 1) => ({
    shape,
    values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * random.normal()),
  });
  const shape: Shape4D = [side, side, cin, 2 * maps];
  const perTap = cin * 2 * maps;
  const centre = (side * side - 1) / 2;
  const keep = (i: number) => {
    const [tap, input, output] = [Math.floor(i / perTap), Math.floor((i % perTap) / (2 * maps)), i % maps];
    return tap < centre || (tap === centre && input % colors <= output % colors);
  };
  return {
    mask: { shape, values: Float32Array.from({ length: side * side * perTap }, (_, i) => (keep(i) ? 1 : 0)) },
    variables: {
      x: normal([batch, height, width, cin]),
      kernel: normal(shape, 1 / Math.sqrt(cin)),
      ...(one.bias && { bias: normal([2 * maps]) }),
      ...(one.vector && { vector: normal([batch, 2 * maps]) }),
      ...(one.map && { map: normal([batch, height, width, 2 * maps]) }),
    },
    dy: normal([batch, height, width, maps]),
  };
}

/** y, then the gradients of {@link GatedConvolutionData.variables}. */
export function gatedOutputAndGradients({ mask, variables, dy }: GatedConvolutionData): tf.Tensor[] {
  const names = Object.keys(variables);
  const given = Object.values(variables).map(({ values, shape }) => tf.tensor(values, shape));
  const maskTensor = tf.tensor4d(mask.values, mask.shape);
  const taps = liveTaps(mask.values, mask.shape);
  const compute = (...tensors: tf.Tensor[]): tf.Tensor => {
    const named = Object.fromEntries(names.map((name, i) => [name, tensors[i]]));
    const inputs: unknown = { ...named, mask: maskTensor };
    return gatedConv2d(inputs as GatedConv2dInputs, taps);
  };
  return [compute(...given), ...tf.grads(compute)(given, tf.tensor(dy.values, dy.shape))];
}
