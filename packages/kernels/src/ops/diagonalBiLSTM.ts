import type * as tf from '@tensorflow/tfjs';
import { composedDiagonalBiLSTM } from '../composed/diagonalBiLSTM.js';
import { kernelsInUse } from '../dispatch/choice.js';
import { checkLstm } from './checkLstm.js';
import { checkShape, fail } from './checks.js';
import { fusedLstm } from './fusedLstm.js';
import type { DiagonalBiLSTMInputs } from './lstmInputs.js';

/**
 * Diagonal BiLSTM (PixelRNN, section 3.2, Figure 3). In each direction the map is skewed and scanned by diagonals:
 *
 *     [o, f, i, g]_r = K_0 h_r + K_1 h_(r-1) + inputKernel x_r + bias       h of the diagonal before
 *     c = sigmoid(f) c + sigmoid(i) tanh(g);    h = sigmoid(o) tanh(c)
 *
 * The direction to the left works on the flipped image; its map is flipped back and moved down by one row, so that it sees
 * nothing of the pixels to come, and added to the other.
 *
 * Differentiable once in everything but the mask.
 *
 * @returns the sum of both directions' hidden maps, [B, H, W, h]
 * @throws Error naming operation and shapes where the inputs do not fit together
 */
export function diagonalBiLSTM(inputs: DiagonalBiLSTMInputs): tf.Tensor4D {
  const { stateKernel } = inputs;
  const operation = 'diagonalBiLSTM';
  const h = stateKernel.shape[2];
  if (stateKernel.size === 0)
    fail(operation, `the state kernel must not be empty, got [${stateKernel.shape}]`);
  checkShape(operation, 'stateKernel', stateKernel, [2, 2, h, 4 * h]);
  checkLstm(operation, inputs, { kernelWidth: 1, gates: 8 * h, initialShape: [2, h] });
  if (kernelsInUse() === 'composed') return composedDiagonalBiLSTM(inputs);
  return fusedLstm(operation, inputs, [{ row: 0, column: 0 }]);
}
