import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { type BlockConvolution, residualBlock } from '../residualBlock.js';
import { liveTaps } from '../taps.js';

export const blocks = fc.record({
  batch: fc.integer({ min: 1, max: 6 }),
  height: fc.integer({ min: 1, max: 9 }),
  width: fc.integer({ min: 1, max: 9 }),
  h: fc.integer({ min: 1, max: 40 }),
  side: fc.constantFrom(1, 3, 5),
  colors: fc.constantFrom(1, 3),
  seed: fc.integer({ min: 0, max: 1_000_000 }),
});

type Block = typeof blocks extends fc.Arbitrary<infer T> ? T : never;
type Shape = [number, number, number, number];

export interface BlockData {
  xShape: Shape;
  x: Float32Array;
  dy: Float32Array;
  convolutions: { shape: Shape; kernel: Float32Array; mask: Float32Array; bias: Float32Array }[];
}

/** Plain numbers that follow from the seed; masks are mask B with cyclic colours. */
export function drawBlock({ batch, height, width, h, side, colors, seed }: Block): BlockData {
  const random = new Random(seed);
  const normal = (length: number) => Float32Array.from({ length }, () => random.normal());
  const channels = [2 * h, h, h, 2 * h] as const;
  const xShape: Shape = [batch, height, width, 2 * h];
  const size = batch * height * width * 2 * h;
  const convolutions = [1, side, 1].map((side, c) => {
    const [cin, cout] = [channels[c] as number, channels[c + 1] as number];
    const perTap = cin * cout;
    const centre = (side * side - 1) / 2;
    const keep = (i: number) => {
      const tap = Math.floor(i / perTap);
      const [inputColor, outputColor] = [Math.floor((i % perTap) / cout) % colors, (i % cout) % colors];
      return tap < centre || (tap === centre && inputColor <= outputColor);
    };
    const length = side * side * perTap;
    return {
      shape: [side, side, cin, cout] as Shape,
      kernel: normal(length).map((value) => value / Math.sqrt(cin)),
      mask: Float32Array.from({ length }, (_, i) => (keep(i) ? 1 : 0)),
      bias: normal(cout),
    };
  });
  return { xShape, x: normal(size), dy: normal(size), convolutions };
}

type Three = [BlockConvolution, BlockConvolution, BlockConvolution];

/** y, then the gradients of x and of each convolution's kernel and bias, by the operation or by a composition. */
export function blockOutputAndGradients(
  { xShape, x, dy, convolutions }: BlockData,
  operation: (x: tf.Tensor4D, convolutions: Three) => tf.Tensor4D = residualBlock,
): tf.Tensor[] {
  const masks = convolutions.map(({ mask, shape }) => tf.tensor4d(mask, shape));
  const given = [
    tf.tensor4d(x, xShape),
    ...convolutions.flatMap(({ kernel, bias, shape }) => [tf.tensor4d(kernel, shape), tf.tensor1d(bias)]),
  ];
  const compute = (...tensors: tf.Tensor[]) => {
    const all = convolutions.map(({ mask, shape }, i) => ({
      kernel: tensors[1 + 2 * i] as tf.Tensor4D,
      bias: tensors[2 + 2 * i] as tf.Tensor1D,
      mask: masks[i] as tf.Tensor4D,
      taps: liveTaps(mask, shape),
    }));
    return operation(tensors[0] as tf.Tensor4D, all as BlockConvolution[] as Three);
  };
  return [compute(...given), ...tf.grads(compute)(given, tf.tensor4d(dy, xShape))];
}
