import type * as tf from '@tensorflow/tfjs';
import { composedMaskedConv2d } from './composed/maskedConv2d.js';
import type { Tap } from './taps.js';

export type Activation = 'linear' | 'relu';

export interface MaskedConv2dInputs {
  /** [B, H, W, Cin] */
  x: tf.Tensor4D;
  /** Weights before masking, [kh, kw, Cin, Cout]. The centre is at (floor(kh / 2), floor(kw / 2)). */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of the kernel's shape. Weights under a zero are never read and get a zero gradient. */
  mask: tf.Tensor4D;
  /** [Cout] */
  bias?: tf.Tensor1D;
  /** Added to the output after the activation, [B, H, W, Cout]. */
  residual?: tf.Tensor4D;
}

export interface MaskedConv2dAttributes {
  /** The kernel positions where the mask is not all zero ({@link liveTaps}). */
  taps: readonly Tap[];
  /** Applied to `x` first; default linear. */
  inputActivation?: Activation;
  /** Applied to convolution plus bias, before the residual; default linear. */
  activation?: Activation;
}

/**
 * Masked convolution, stride 1, zeros outside the image, output as large as the input:
 *
 *     y = activation(conv(inputActivation(x), kernel * mask) + bias) + residual        [B, H, W, Cout]
 *
 * Differentiable once in x, kernel, bias and residual.
 *
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function maskedConv2d(inputs: MaskedConv2dInputs, attributes: MaskedConv2dAttributes): tf.Tensor4D {
  checkMaskedConv2d(inputs, attributes);
  return composedMaskedConv2d(inputs, attributes);
}

function checkMaskedConv2d(inputs: MaskedConv2dInputs, { taps, activation }: MaskedConv2dAttributes): void {
  const { x, kernel, mask, bias, residual } = inputs;
  const fail = (what: string): never => {
    throw new Error(`maskedConv2d: ${what}`);
  };
  if (x.rank !== 4) fail(`x must be [B, H, W, Cin], got [${x.shape}]`);
  if (kernel.rank !== 4) fail(`kernel must be [kh, kw, Cin, Cout], got [${kernel.shape}]`);
  const [kh, kw, cin, cout] = kernel.shape;
  if (x.shape[3] !== cin)
    fail(`x [${x.shape}] has ${x.shape[3]} channels, kernel [${kernel.shape}] reads ${cin}`);
  if (mask.shape.join() !== kernel.shape.join()) {
    fail(`mask [${mask.shape}] must have the kernel's shape [${kernel.shape}]`);
  }
  if (bias && bias.shape.join() !== `${cout}`) fail(`bias must be [${cout}], got [${bias.shape}]`);
  const output = [...x.shape.slice(0, 3), cout];
  if (residual && residual.shape.join() !== output.join()) {
    fail(`residual must be [${output}], got [${residual.shape}]`);
  }
  if (residual && activation === 'relu') {
    fail("activation 'relu' cannot be combined with a residual: add the residual after a linear convolution");
  }
  if (taps.length === 0) fail('at least one live tap is needed, the mask has none');
  for (const { row, column } of taps) {
    if (!(row >= 0 && row < kh && column >= 0 && column < kw)) {
      fail(`tap (${row}, ${column}) lies outside the ${kh} x ${kw} kernel`);
    }
  }
}
