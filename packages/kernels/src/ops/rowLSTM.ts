import type * as tf from '@tensorflow/tfjs';
import { composedRowLSTM } from '../composed/rowLSTM.js';
import { kernelsInUse } from '../dispatch/choice.js';
import { checkLstm } from './checkLstm.js';
import { checkShape, fail } from './checks.js';
import { fusedLstm } from './fusedLstm.js';
import type { RowLSTMInputs } from './lstmInputs.js';
import { checkTaps, type Tap } from './taps.js';

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
  const { inputKernel, stateKernel } = inputs;
  const operation = 'rowLSTM';
  const [side, h] = stateKernel.shape;
  if (stateKernel.size === 0)
    fail(operation, `the state kernel must not be empty, got [${stateKernel.shape}]`);
  if (side % 2 === 0) fail(operation, `the state kernel must have an odd side, got [${stateKernel.shape}]`);
  checkShape(operation, 'stateKernel', stateKernel, [side, h, 4 * h]);
  const kernelWidth = inputKernel.shape[1];
  checkLstm(operation, inputs, { kernelWidth, gates: 4 * h, initialShape: [h] });
  checkTaps(operation, inputKernel.shape, taps);
  return kernelsInUse() === 'composed' ? composedRowLSTM(inputs, taps) : fusedLstm(operation, inputs, taps);
}
