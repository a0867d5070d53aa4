import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { GatedLayerConvolution, GatedLayerInputs } from '../composed/gatedLayer.js';
import { gatedLayer } from '../ops/gatedLayer.js';
import { liveTaps } from '../ops/taps.js';

const size = (max: number) => fc.integer({ min: 1, max });

export const gatedLayers = fc.record({
  batch: size(17),
  height: size(6),
  width: size(7),
  above: size(14),
  /** Channels of h; as many as maps where it is added. */
  left: size(14),
  maps: size(26),
  /** n: the vertical kernel has ceil(n/2) rows and n columns, the horizontal one is as wide. Even ones too. */
  kernelHeight: size(4),
  kernelWidth: size(5),
  /** Channels are cyclic within each half. */
  colors: fc.constantFrom(1, 3),
  mask: fc.constantFrom('A', 'B'),
  residual: fc.boolean(),
  vector: fc.boolean(),
  map: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

export type DrawnGatedLayer = typeof gatedLayers extends fc.Arbitrary<infer T> ? T : never;
type Shape4D = [number, number, number, number];
interface Drawn {
  values: Float32Array;
  shape: number[];
}

const convolutions = ['vertical', 'link', 'horizontal', 'projection'] as const;

export interface GatedLayerData {
  masks: Record<(typeof convolutions)[number], { values: Float32Array; shape: Shape4D }>;
  residual: boolean;
  /** v, h, a kernel and a bias of each convolution such as `linkKernel`, and vector and map where there are any. */
  variables: Record<string, Drawn>;
  /** Gradients of both outputs. */
  dys: [Drawn, Drawn];
}

/** Plain numbers that follow from the seed. */
export function drawGatedLayer(one: DrawnGatedLayer): GatedLayerData {
  const { batch, height, width, above, maps, kernelHeight, kernelWidth, colors, mask, residual } = one;
  const left = residual ? maps : one.left;
  const random = new Random(one.seed);
  const normal = (shape: number[], scale = 1): Drawn => ({
    shape,
    values: Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () => scale * random.normal()),
  });
  /** Live where `keep` says so of the row and column from the centre, the input channel and the output channel. */
  const masked = (
    shape: Shape4D,
    keep: (row: number, column: number, from: number, to: number) => boolean,
  ) => {
    const [rows, columns, cin, cout] = shape;
    const values = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => {
      const tap = Math.floor(i / (cin * cout));
      const [row, column] = [Math.floor(tap / columns), tap % columns];
      const [from, to] = [Math.floor(i / cout) % cin, i % cout];
      return keep(row - Math.floor(rows / 2), column - Math.floor(columns / 2), from, to) ? 1 : 0;
    });
    return { shape, values };
  };
  const color = (channel: number) => (channel % maps) % colors;
  const centre = (from: number, to: number) =>
    mask === 'A' ? from % colors < color(to) : from % colors <= color(to);
  const masks = {
    vertical: masked([kernelHeight, kernelWidth, above, 2 * maps], (row) => row <= 0),
    link: masked([3, 1, 2 * maps, 2 * maps], (row) => row === -1),
    // Mask A of one colour would leave nothing of a kernel with a single column.
    horizontal: masked(
      [1, kernelWidth + 1, left, 2 * maps],
      (_, column, from, to) => column < 0 || (column === 0 && centre(from, to)),
    ),
    projection: masked([1, 1, maps, maps], (_, __, from, to) => from % colors <= to % colors),
  };
  const weights = convolutions.flatMap((name): [string, Drawn][] => {
    const [rows, columns, cin, cout] = masks[name].shape;
    const kernel = normal([rows, columns, cin, cout], 1 / Math.sqrt(rows * columns * cin));
    return [
      [`${name}Kernel`, kernel],
      [`${name}Bias`, normal([cout], 0.3)],
    ];
  });
  return {
    masks,
    residual,
    variables: {
      v: normal([batch, height, width, above]),
      h: normal([batch, height, width, left]),
      ...Object.fromEntries(weights),
      ...(one.vector && { vector: normal([batch, 4 * maps]) }),
      ...(one.map && { map: normal([batch, height, width, 4 * maps]) }),
    },
    dys: [normal([batch, height, width, maps]), normal([batch, height, width, maps])],
  };
}

/** The operation's outputs as a function of the variables, by name. */
export function computeGatedLayer(
  { masks, residual }: Pick<GatedLayerData, 'masks' | 'residual'>,
  variables: Readonly<Record<string, tf.Tensor>>,
): [tf.Tensor4D, tf.Tensor4D] {
  const { v, h, vector, map } = variables as Record<string, tf.Tensor4D>;
  const named = convolutions.map((name): [string, GatedLayerConvolution] => {
    const { values, shape } = masks[name];
    const [kernel, bias] = [variables[`${name}Kernel`], variables[`${name}Bias`]];
    const taps = liveTaps(values, shape);
    return [
      name,
      { kernel: kernel as tf.Tensor4D, mask: tf.tensor4d(values, shape), bias: bias as tf.Tensor1D, taps },
    ];
  });
  const inputs: unknown = { v, h, ...Object.fromEntries(named), residual, vector, map };
  return gatedLayer(inputs as GatedLayerInputs);
}

/** Both outputs, then the gradients of {@link GatedLayerData.variables}. */
export function gatedLayerOutputsAndGradients(data: GatedLayerData): tf.Tensor[] {
  const names = Object.keys(data.variables);
  const given = Object.values(data.variables).map(({ values, shape }) => tf.tensor(values, shape));
  const compute = (tensors: readonly tf.Tensor[]) =>
    computeGatedLayer(data, Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor])));
  const [dv, dh] = data.dys.map(({ values, shape }) => tf.tensor(values, shape)) as [tf.Tensor, tf.Tensor];
  const along = (...tensors: tf.Tensor[]): tf.Scalar => {
    const [v, h] = compute(tensors);
    return tf.add(tf.sum(tf.mul(v, dv)), tf.sum(tf.mul(h, dh)));
  };
  return [...compute(given), ...tf.grads(along)(given)];
}
