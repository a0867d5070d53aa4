import * as tf from '@tensorflow/tfjs';
import { checkShape, fail } from './checks.js';
import { kernelNames } from './kernelNames.js';
import { runKernel } from './runKernel.js';
import { checkTaps, type Tap } from './taps.js';

/** One of the convolutions of {@link residualBlock}. */
export interface BlockConvolution {
  /** Weights before masking, [kh, kw, Cin, Cout]. */
  kernel: tf.Tensor4D;
  /** Zeros and ones, of the kernel's shape. */
  mask: tf.Tensor4D;
  /** [Cout] */
  bias: tf.Tensor1D;
  /** The kernel positions where the mask is not all zero, each once. */
  taps: readonly Tap[];
}

const operation = 'residualBlock';

/**
 * Residual block of three masked convolutions (PixelRNN, Figure 5, left), as one operation:
 *
 *     y = x + conv3(relu(conv2(relu(conv1(relu(x))))))        [B, H, W, C] -> [B, H, W, C]
 *
 * Differentiable once in x, kernels and biases.
 *
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function residualBlock(
  x: tf.Tensor4D,
  convolutions: readonly [BlockConvolution, BlockConvolution, BlockConvolution],
): tf.Tensor4D {
  check(x, convolutions);
  const attributes = {
    taps: convolutions.map(({ taps }) => taps.flatMap(({ row, column }) => [row, column])),
  };
  const names = convolutions.flatMap((_, i) => [`kernel${i + 1}`, `bias${i + 1}`]);
  const masks = Object.fromEntries(convolutions.map(({ mask }, i) => [`mask${i + 1}`, mask]));
  // The hidden maps are no outputs to TensorFlow.js, which would make a gradient of zeros for each.
  const block = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: tf.Tensor[]) => void;
    const [input, ...weights] = given as tf.Tensor[];
    const inputs = {
      x: input as tf.Tensor,
      ...masks,
      ...Object.fromEntries(names.map((name, i) => [name, weights[i] as tf.Tensor])),
    };
    const [y, hidden1, hidden2] = runKernel(kernelNames.residualBlock, inputs, attributes) as tf.Tensor[];
    const saved = { ...inputs, hidden1, hidden2 } as Record<string, tf.Tensor>;
    save(Object.values(saved));
    const keys = Object.keys(saved);
    return {
      value: y as tf.Tensor,
      gradFunc: (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) =>
        tf.engine().runKernel(
          kernelNames.residualBlockBackward,
          {
            ...Object.fromEntries(keys.map((key, i) => [key, tensors[i] as tf.Tensor])),
            dy: dy as tf.Tensor,
          },
          attributes,
        ) as tf.Tensor[],
    };
  });
  return block(x, ...convolutions.flatMap(({ kernel, bias }) => [kernel, bias])) as tf.Tensor4D;
}

function check(x: tf.Tensor4D, convolutions: readonly BlockConvolution[]): void {
  if (convolutions.length !== 3) fail(operation, `expected three convolutions, got ${convolutions.length}`);
  if (x.rank !== 4 || x.size === 0) fail(operation, `x must be a non-empty [B, H, W, C], got [${x.shape}]`);
  checkType('x', x);
  let channels = x.shape[3];
  convolutions.forEach(({ kernel, mask, bias, taps }, i) => {
    const name = (tensor: string) => `${tensor} ${i + 1}`;
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
    channels = kernel.shape[3];
    checkShape(operation, name('bias'), bias, [channels]);
    checkTaps(operation, kernel.shape, taps);
  });
  if (channels !== x.shape[3]) {
    fail(operation, `kernel 3 must give the ${x.shape[3]} channels of x [${x.shape}], not ${channels}`);
  }
}

function checkType(name: string, tensor: tf.Tensor): void {
  if (tensor.dtype !== 'float32') {
    fail(operation, `${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
  }
}
