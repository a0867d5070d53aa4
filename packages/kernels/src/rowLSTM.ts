import type * as tf from '@tensorflow/tfjs';
import { checkShape, fail } from './checks.js';
import { composedRowLSTM } from './composed/rowLSTM.js';
import type { RowLSTMInputs } from './lstmInputs.js';
import type { Tap } from './taps.js';

/**
 * Row LSTM (PixelRNN, section 3.1, equation 3), from the top row to the bottom row:
 *
 *     [o, f, i, g] = stateKernel * h_(row-1) + inputKernel * x_row + bias
 *     c_row = sigmoid(f) c_(row-1) + sigmoid(i) tanh(g);    h_row = sigmoid(o) tanh(c_row)
 *
 * Differentiable once in everything but the mask.
 *
 * @param taps the positions of the input kernel where the mask is not all zero
 * @returns hidden maps [B, H, W, h]
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function rowLSTM(inputs: RowLSTMInputs, taps: readonly Tap[]): tf.Tensor4D {
  const { x, inputKernel, stateKernel, bias, initialHidden, initialCell, addition } = inputs;
  const operation = 'rowLSTM';
  const [side, h] = stateKernel.shape;
  if (side % 2 === 0) fail(operation, `the state kernel must have an odd side, got [${stateKernel.shape}]`);
  checkShape(operation, 'stateKernel', stateKernel, [side, h, 4 * h]);
  checkShape(operation, 'inputKernel', inputKernel, [1, inputKernel.shape[1], x.shape[3], 4 * h]);
  checkShape(operation, 'bias', bias, [4 * h]);
  checkShape(operation, 'initialHidden', initialHidden, [h]);
  checkShape(operation, 'initialCell', initialCell, [h]);
  if (addition) checkShape(operation, 'addition', addition, [...x.shape.slice(0, 3), 4 * h]);
  return composedRowLSTM(inputs, taps);
}
