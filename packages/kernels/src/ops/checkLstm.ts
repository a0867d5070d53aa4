import type * as tf from '@tensorflow/tfjs';
import { checkShape, fail } from './checks.js';
import type { DiagonalBiLSTMInputs, RowLSTMInputs } from './lstmInputs.js';

/**
 * What the two recurrent layers check alike, after the state kernel's shape.
 *
 * @param gates number of the input-to-state map's channels
 * @param initialShape of the initial states
 */
export function checkLstm(
  operation: string,
  inputs: RowLSTMInputs | DiagonalBiLSTMInputs,
  { kernelWidth, gates, initialShape }: { kernelWidth: number; gates: number; initialShape: number[] },
): void {
  const { projection, ...tensors } = inputs;
  const { x, inputKernel, inputMask, bias, initialHidden, initialCell, addition } = tensors;
  const up = projection && {
    'projection.kernel': projection.kernel,
    'projection.mask': projection.mask,
    'projection.bias': projection.bias,
  };
  for (const [name, tensor] of Object.entries<tf.Tensor | undefined>({ ...tensors, ...up })) {
    if (tensor && tensor.dtype !== 'float32') {
      fail(operation, `${name} must be float32, got ${tensor.dtype} [${tensor.shape}]`);
    }
  }
  if (x.rank !== 4 || x.size === 0) {
    fail(operation, `x must be a non-empty [B, H, W, Cin], got [${x.shape}]`);
  }
  checkShape(operation, 'inputKernel', inputKernel, [1, kernelWidth, x.shape[3], gates]);
  checkShape(operation, 'inputMask', inputMask, inputKernel.shape);
  checkShape(operation, 'bias', bias, [gates]);
  checkShape(operation, 'initialHidden', initialHidden, initialShape);
  checkShape(operation, 'initialCell', initialCell, initialShape);
  if (addition) checkShape(operation, 'addition', addition, [...x.shape.slice(0, 3), gates]);
  if (!projection) return;
  const [h] = initialShape.slice(-1);
  const { kernel, mask, residual } = projection;
  const channels = kernel.shape[3];
  checkShape(operation, 'projection.kernel', kernel, [1, 1, h as number, channels]);
  checkShape(operation, 'projection.mask', mask, kernel.shape);
  checkShape(operation, 'projection.bias', projection.bias, [channels]);
  if (residual && channels !== x.shape[3]) {
    fail(operation, `a residual needs a projection to the ${x.shape[3]} channels of x, not to ${channels}`);
  }
}
