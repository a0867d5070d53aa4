import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import type { Activation, MaskedConv2dAttributes, MaskedConv2dInputs } from '../ops/maskedConv2d.js';
import { liveTaps } from '../ops/taps.js';

/** A convolution drawn by fast-check; its numbers follow from the seed. */
export interface Convolution {
  batch: number;
  height: number;
  width: number;
  cin: number;
  cout: number;
  kernelHeight: number;
  kernelWidth: number;
  /**
   * `causal` is mask B of one colour, `colors` and `blocks` of three with their output channels in cyclic and in
   * contiguous groups, `scattered` keeps single weights, `sparse` few taps.
   */
  mask: (typeof masks)[number];
  inputActivation: Activation;
  activation: Activation;
  bias: boolean;
  residual: boolean;
  seed: number;
}

const masks = ['full', 'causal', 'colors', 'blocks', 'scattered', 'sparse'] as const;

export interface Sizes {
  batch: number;
  side: number;
  channels: number;
  kernelSide: number;
}

export function convolutions(largest: Sizes): fc.Arbitrary<Convolution> {
  const size = (max: number) => fc.integer({ min: 1, max });
  const activation = fc.constantFrom<Activation[]>('linear', 'relu');
  return fc
    .record({
      batch: size(largest.batch),
      height: size(largest.side),
      width: size(largest.side),
      cin: size(largest.channels),
      cout: size(largest.channels),
      kernelHeight: size(largest.kernelSide),
      kernelWidth: size(largest.kernelSide),
      mask: fc.constantFrom(...masks),
      inputActivation: activation,
      activation,
      bias: fc.boolean(),
      residual: fc.boolean(),
      seed: fc.integer({ min: 0, max: 1_000_000 }),
    })
    .map((one) => ({ ...one, residual: one.residual && one.activation === 'linear' }));
}

/** The inputs as plain numbers, so that every backend can make its own tensors of them. */
export interface ConvolutionData {
  shapes: { x: Shape4D; kernel: Shape4D; y: Shape4D };
  x: Float32Array;
  kernel: Float32Array;
  mask: Float32Array;
  bias: Float32Array;
  residual: Float32Array;
  dy: Float32Array;
}

type Shape4D = [number, number, number, number];

export function drawConvolution(one: Convolution): ConvolutionData {
  const { batch, height, width, cin, cout, kernelHeight, kernelWidth } = one;
  const random = new Random(one.seed);
  const normal = (count: number) => Float32Array.from({ length: count }, () => random.normal());
  const kernel: Shape4D = [kernelHeight, kernelWidth, cin, cout];
  const y: Shape4D = [batch, height, width, cout];
  const positions = batch * height * width;
  const weights = kernelHeight * kernelWidth * cin * cout;
  return {
    shapes: { x: [batch, height, width, cin], kernel, y },
    x: normal(positions * cin),
    kernel: normal(weights),
    mask: drawMask(one, random, weights),
    bias: normal(cout),
    residual: normal(positions * cout),
    dy: normal(positions * cout),
  };
}

function drawMask(one: Convolution, random: Random, size: number): Float32Array {
  const { kernelHeight, kernelWidth, cin, cout } = one;
  const perTap = cin * cout;
  const centre = Math.floor(kernelHeight / 2) * kernelWidth + Math.floor(kernelWidth / 2);
  const kept = random.integer(kernelHeight * kernelWidth);
  const tap = (i: number) => Math.floor(i / perTap);
  const inputColor = (i: number) => Math.floor((i % perTap) / cout) % 3;
  const maskB = (i: number, outputColor: number) =>
    tap(i) < centre || (tap(i) === centre && inputColor(i) <= outputColor);
  const keep: Record<Convolution['mask'], (i: number) => boolean> = {
    full: () => true,
    causal: (i) => tap(i) <= centre,
    colors: (i) => maskB(i, (i % cout) % 3),
    blocks: (i) => maskB(i, Math.floor(((i % cout) * 3) / cout)),
    scattered: (i) => i === kept * perTap || random.uniform() < 0.5,
    sparse: (i) => [kept, 0].includes(tap(i)),
  };
  return Float32Array.from({ length: size }, (_, i) => (keep[one.mask](i) ? 1 : 0));
}

/** The tensors of a convolution on the current backend. */
function tensorsOf(one: Convolution, data: ConvolutionData) {
  const { shapes } = data;
  const inputs: MaskedConv2dInputs = {
    x: tf.tensor4d(data.x, shapes.x),
    kernel: tf.tensor4d(data.kernel, shapes.kernel),
    mask: tf.tensor4d(data.mask, shapes.kernel),
    ...(one.bias && { bias: tf.tensor1d(data.bias) }),
    ...(one.residual && { residual: tf.tensor4d(data.residual, shapes.y) }),
  };
  const attributes: MaskedConv2dAttributes = {
    taps: liveTaps(data.mask, shapes.kernel),
    inputActivation: one.inputActivation,
    activation: one.activation,
  };
  return { inputs, attributes, dy: tf.tensor4d(data.dy, shapes.y) };
}

type Operation = (inputs: MaskedConv2dInputs, attributes: MaskedConv2dAttributes) => tf.Tensor4D;

/** y, then the gradients of x, kernel, and of bias and residual where there are any. */
export function outputAndGradients(
  one: Convolution,
  data: ConvolutionData,
  operation: Operation,
): tf.Tensor[] {
  const { inputs, attributes, dy } = tensorsOf(one, data);
  const { mask, ...variables } = inputs;
  const names = Object.keys(variables) as (keyof typeof variables)[];
  const all = names.map((name) => variables[name] as tf.Tensor);
  const compute = (...tensors: tf.Tensor[]) =>
    operation(
      {
        ...Object.fromEntries(names.map((name, i) => [name, tensors[i]])),
        mask,
      } as unknown as MaskedConv2dInputs,
      attributes,
    );
  return [compute(...all), ...tf.grads(compute)(all, dy)];
}

/** TensorFlow.js' own convolution with the masked kernel: what {@link maskedConv2d} must equal. */
export const plainConvolution: Operation = ({ x, kernel, mask, bias, residual }, attributes) => {
  const [kh, kw] = kernel.shape;
  const [top, left] = [Math.floor(kh / 2), Math.floor(kw / 2)];
  const input = attributes.inputActivation === 'relu' ? tf.relu(x) : x;
  const padded = tf.pad(input, [
    [0, 0],
    [top, kh - 1 - top],
    [left, kw - 1 - left],
    [0, 0],
  ]);
  let y: tf.Tensor4D = tf.conv2d(padded, tf.mul(kernel, mask) as tf.Tensor4D, 1, 'valid');
  if (bias) y = tf.add(y, bias);
  if (attributes.activation === 'relu') y = tf.relu(y);
  return residual ? tf.add(y, residual) : y;
};
