import * as tf from '@tensorflow/tfjs';
import { runKernel } from '../dispatch/runKernel.js';
import { saveTensors } from '../dispatch/savedTensors.js';
import { checkShape, fail } from './checks.js';
import type { Activation } from './maskedConv2d.js';
import { checkTaps, type Tap } from './taps.js';

/** One of the convolutions of {@link convolutionChain}. */
export interface ChainedConvolution {
  /** Weights before masking, [kh, kw, Cin, Cout]. */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of the kernel's shape. */
  mask: tf.Tensor4D;
  /** [Cout] */
  bias: tf.Tensor1D;
  /** The kernel positions where the mask is not all zero, each once. */
  taps: readonly Tap[];
  /** Applied to the input first; default linear. */
  inputActivation?: Activation;
  /**
   * The place in the chain of the convolution whose input, before the activation, is added to this one's output: its own
   * or an earlier one; no input is added twice.
   */
  residualFrom?: number | undefined;
}

const operation = 'convolutionChain';
const mostConvolutions = 512;

/**
 * Masked convolutions one after the other, as one operation:
 *
 *     x1 = conv1(activation1(x));  x2 = conv2(activation2(x1));  ...        [B, H, W, C] -> [B, H, W, Cout of the last]
 *
 * The same as as many `maskedConv2d`, but a thread takes an image, or a stretch of pixels where every kernel is 1 x 1,
 * through all of them while its maps are in the processor's cache.
 * Differentiable once in x, kernels and biases.
 *
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function convolutionChain(x: tf.Tensor4D, convolutions: readonly ChainedConvolution[]): tf.Tensor4D {
  check(x, convolutions);
  const count = convolutions.length;
  const attributes = {
    taps: convolutions.map(({ taps }) => taps.flatMap(({ row, column }) => [row, column])),
    inputRelus: convolutions.map(({ inputActivation }) => inputActivation === 'relu'),
    residuals: convolutions.map(({ residualFrom = -1 }) => residualFrom),
  };
  const named = (name: string, tensors: readonly tf.Tensor[]) =>
    Object.fromEntries(tensors.map((tensor, i) => [`${name}/${i}`, tensor]));
  const masks = named(
    'masks',
    convolutions.map(({ mask }) => mask),
  );
  // The maps between are no outputs to TensorFlow.js, which would make a gradient of zeros for each.
  const chain = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: tf.Tensor[]) => void;
    const [input, ...weights] = given as tf.Tensor[];
    const kernels = named('kernels', weights.slice(0, count));
    const inputs = { x: input as tf.Tensor, ...kernels, ...masks };
    const biases = named('biases', weights.slice(count));
    const [y, ...between] = runKernel('convolutionChain', { ...inputs, ...biases }, attributes);
    const saved = saveTensors(save, { ...inputs, ...named('saved', between) });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) => {
      const all = { ...saved(tensors), dy: dy as tf.Tensor };
      return runKernel('convolutionChainBackward', all, attributes);
    };
    return { value: y as tf.Tensor, gradFunc };
  });
  const kernels = convolutions.map(({ kernel }) => kernel);
  return chain(x, ...kernels, ...convolutions.map(({ bias }) => bias)) as tf.Tensor4D;
}

function check(x: tf.Tensor4D, convolutions: readonly ChainedConvolution[]): void {
  if (convolutions.length < 1 || convolutions.length > mostConvolutions) {
    fail(operation, `expected 1 to ${mostConvolutions} convolutions, got ${convolutions.length}`);
  }
  if (x.rank !== 4 || x.size === 0) fail(operation, `x must be a non-empty [B, H, W, C], got [${x.shape}]`);
  checkType('x', x);
  let channels = x.shape[3];
  const inputs: number[] = [];
  const added = new Set<number>();
  convolutions.forEach(({ kernel, mask, bias, taps, inputActivation = 'linear', residualFrom }, i) => {
    const name = (tensor: string) => `${tensor} ${i}`;
    checkType(name('kernel'), kernel);
    checkType(name('mask'), mask);
    checkType(name('bias'), bias);
    if (kernel.rank !== 4 || kernel.size === 0 || kernel.shape[2] !== channels) {
      fail(
        operation,
        `${name('kernel')} must be a non-empty [kh, kw, ${channels}, Cout], got [${kernel.shape}]`,
      );
    }
    checkShape(operation, name('mask'), mask, kernel.shape);
    inputs.push(channels);
    channels = kernel.shape[3];
    checkShape(operation, name('bias'), bias, [channels]);
    checkTaps(operation, kernel.shape, taps);
    if (inputActivation !== 'linear' && inputActivation !== 'relu') {
      const got = JSON.stringify(inputActivation);
      fail(operation, `${name('inputActivation')} must be 'linear' or 'relu', got ${got}`);
    }
    if (residualFrom === undefined) return;
    if (!Number.isInteger(residualFrom) || residualFrom < 0 || residualFrom > i) {
      fail(operation, `${name('residualFrom')} must be a convolution from 0 to ${i}, got ${residualFrom}`);
    }
    if (added.has(residualFrom)) fail(operation, `the input of convolution ${residualFrom} is added twice`);
    added.add(residualFrom);
    if (inputs[residualFrom] !== channels) {
      fail(
        operation,
        `the input of convolution ${residualFrom}, ${inputs[residualFrom]} channels, cannot be added to the ` +
          `${channels} channels of convolution ${i}`,
      );
    }
  });
}

function checkType(name: string, tensor: tf.Tensor): void {
  if (tensor.dtype !== 'float32') {
    fail(operation, `${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
  }
}
