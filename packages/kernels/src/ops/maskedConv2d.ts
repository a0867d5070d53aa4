import type * as tf from '@tensorflow/tfjs';
import { runKernel } from '../dispatch/runKernel.js';
import { registerGradients } from './gradients.js';
import { checkTaps, type Tap } from './taps.js';

export type Activation = 'linear' | 'relu';

export interface MaskedConv2dInputs {
  /** [B, H, W, Cin] */
  x: tf.Tensor4D;
  /** Weights before masking, [kh, kw, Cin, Cout]. The centre is at (floor(kh / 2), floor(kw / 2)). */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of the kernel's shape. Weights under a zero do not count and get a zero gradient. */
  mask: tf.Tensor4D;
  /** [Cout] */
  bias?: tf.Tensor1D | undefined;
  /** Added to the output after the activation, [B, H, W, Cout]. */
  residual?: tf.Tensor4D | undefined;
}

export interface MaskedConv2dAttributes {
  /** The kernel positions where the mask is not all zero ({@link liveTaps}), each once. Others are not read. */
  taps: readonly Tap[];
  /** Applied to `x` first; default linear. */
  inputActivation?: Activation;
  /** Applied to convolution plus bias, before the residual; default linear. 'relu' excludes a residual. */
  activation?: Activation;
}

/**
 * Masked convolution, stride 1, zeros outside the image, output as large as the input:
 *
 *     y = activation(conv(inputActivation(x), kernel * mask) + bias) + residual        [B, H, W, Cout]
 *
 * Differentiable once in x, kernel, bias and residual; what no gradient is asked for is not computed.
 *
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function maskedConv2d(inputs: MaskedConv2dInputs, attributes: MaskedConv2dAttributes): tf.Tensor4D {
  checkInputs(inputs);
  checkAttributes(inputs, attributes);
  const { x, kernel, mask, bias, residual } = inputs;
  const { taps, inputActivation, activation } = attributes;
  const outputRelu = activation === 'relu';
  registerGradients();
  const [y] = runKernel(
    outputRelu ? 'maskedConv2dRelu' : 'maskedConv2d',
    { x, kernel, mask, ...(bias && { bias }), ...(residual && { residual }) },
    {
      taps: taps.flatMap(({ row, column }) => [row, column]),
      inputRelu: inputActivation === 'relu',
      outputRelu,
      biasGradient: bias !== undefined,
    },
  );
  return y as tf.Tensor4D;
}

function fail(what: string): never {
  throw new Error(`maskedConv2d: ${what}`);
}

function checkInputs({ x, kernel, mask, bias, residual }: MaskedConv2dInputs): void {
  for (const [name, tensor] of Object.entries({ x, kernel, mask, bias, residual })) {
    if (tensor && tensor.dtype !== 'float32') {
      fail(`${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
    }
  }
  if (x.rank !== 4 || x.size === 0) fail(`x must be a non-empty [B, H, W, Cin], got [${x.shape}]`);
  if (kernel.rank !== 4 || kernel.size === 0) {
    fail(`kernel must be a non-empty [kh, kw, Cin, Cout], got [${kernel.shape}]`);
  }
  const [, , cin, cout] = kernel.shape;
  if (x.shape[3] !== cin) {
    fail(`x [${x.shape}] has ${x.shape[3]} channels, kernel [${kernel.shape}] reads ${cin}`);
  }
  if (mask.shape.join() !== kernel.shape.join()) {
    fail(`mask [${mask.shape}] must have the kernel's shape [${kernel.shape}]`);
  }
  if (bias && bias.shape.join() !== `${cout}`) fail(`bias must be [${cout}], got [${bias.shape}]`);
  const output = [...x.shape.slice(0, 3), cout];
  if (residual && residual.shape.join() !== output.join()) {
    fail(`residual must be [${output}], got [${residual.shape}]`);
  }
}

function checkAttributes({ kernel, residual }: MaskedConv2dInputs, attributes: MaskedConv2dAttributes): void {
  const { taps, inputActivation = 'linear', activation = 'linear' } = attributes;
  for (const [name, value] of Object.entries({ inputActivation, activation })) {
    if (value !== 'linear' && value !== 'relu') {
      fail(`${name} must be 'linear' or 'relu', got ${JSON.stringify(value)}`);
    }
  }
  if (residual && activation === 'relu') {
    fail("activation 'relu' cannot be combined with a residual: add the residual after a linear convolution");
  }
  checkTaps('maskedConv2d', kernel.shape, taps);
}
