import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { type ChainedConvolution, convolutionChain } from '../ops/convolutionChain.js';
import { liveTaps } from '../ops/taps.js';

/** Chains of one to five convolutions; residuals are added wherever channels agree. */
export const chains = fc.record({
  batch: fc.integer({ min: 1, max: 6 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  channels: fc.integer({ min: 1, max: 40 }),
  links: fc.array(
    fc.record({
      /** 0: as many as the chain's input. */
      channels: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 70 })),
      side: fc.constantFrom(1, 1, 3, 5),
      relu: fc.boolean(),
      residual: fc.boolean(),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  colors: fc.constantFrom(1, 3),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

type Chain = typeof chains extends fc.Arbitrary<infer T> ? T : never;
type Shape = [number, number, number, number];

export interface ChainData {
  xShape: Shape;
  x: Float32Array;
  dy: Float32Array;
  convolutions: {
    shape: Shape;
    kernel: Float32Array;
    mask: Float32Array;
    bias: Float32Array;
    relu: boolean;
    residualFrom: number | undefined;
  }[];
}

/** Plain numbers that follow from the seed; masks are mask B with cyclic colours. */
export function drawChain({ batch, height, width, channels, links, colors, seed }: Chain): ChainData {
  const random = new Random(seed);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const xShape: Shape = [batch, height, width, channels];
  const inputs: number[] = [];
  const added = new Set<number>();
  let cin = channels;
  const convolutions = links.map(({ channels: wanted, side, relu, residual }) => {
    inputs.push(cin);
    const cout = wanted || channels;
    const from = inputs.findIndex((count, i) => count === cout && !added.has(i));
    const residualFrom = residual && from >= 0 ? from : undefined;
    if (residualFrom !== undefined) added.add(residualFrom);
    const shape: Shape = [side, side, cin, cout];
    const perTap = cin * cout;
    const centre = (side * side - 1) / 2;
    const keep = (i: number) => {
      const tap = Math.floor(i / perTap);
      const [inputColor, outputColor] = [Math.floor((i % perTap) / cout) % colors, (i % cout) % colors];
      return tap < centre || (tap === centre && inputColor <= outputColor);
    };
    const length = side * side * perTap;
    const scale = 1 / Math.sqrt(cin);
    cin = cout;
    return {
      shape,
      kernel: normal(length).map((value) => value * scale),
      mask: Float32Array.from({ length }, (_, i) => (keep(i) ? 1 : 0)),
      bias: normal(cout),
      relu,
      residualFrom,
    };
  });
  const pixels = batch * height * width;
  return { xShape, x: normal(pixels * channels), dy: normal(pixels * cin), convolutions };
}

/** y, then the gradients of x, of all kernels and of all biases, by the operation or by a composition. */
export function chainOutputAndGradients(
  { xShape, x, dy, convolutions }: ChainData,
  operation: typeof convolutionChain = convolutionChain,
): tf.Tensor[] {
  const masks = convolutions.map(({ mask, shape }) => tf.tensor4d(mask, shape));
  const given = [
    tf.tensor4d(x, xShape),
    ...convolutions.map(({ kernel, shape }) => tf.tensor4d(kernel, shape)),
    ...convolutions.map(({ bias }) => tf.tensor1d(bias)),
  ];
  const count = convolutions.length;
  const compute = (...tensors: tf.Tensor[]) => {
    const all = convolutions.map(
      ({ mask, shape, relu, residualFrom }, i): ChainedConvolution => ({
        kernel: tensors[1 + i] as tf.Tensor4D,
        bias: tensors[1 + count + i] as tf.Tensor1D,
        mask: masks[i] as tf.Tensor4D,
        taps: liveTaps(mask, shape),
        inputActivation: relu ? 'relu' : 'linear',
        residualFrom,
      }),
    );
    return operation(tensors[0] as tf.Tensor4D, all);
  };
  const y = compute(...given);
  return [y, ...tf.grads(compute)(given, tf.tensor(dy, y.shape))];
}
