import type * as tf from '@tensorflow/tfjs';
import { checkShape } from './checks.js';
import { composedDiagonalBiLSTM } from './composed/diagonalBiLSTM.js';
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
  const { x, inputKernel, stateKernel, bias, initialHidden, initialCell, addition } = inputs;
  const operation = 'diagonalBiLSTM';
  const h = stateKernel.shape[2];
  checkShape(operation, 'stateKernel', stateKernel, [2, 2, h, 4 * h]);
  checkShape(operation, 'inputKernel', inputKernel, [1, 1, x.shape[3], 8 * h]);
  checkShape(operation, 'bias', bias, [8 * h]);
  checkShape(operation, 'initialHidden', initialHidden, [2, h]);
  checkShape(operation, 'initialCell', initialCell, [2, h]);
  if (addition) checkShape(operation, 'addition', addition, [...x.shape.slice(0, 3), 8 * h]);
  return composedDiagonalBiLSTM(inputs);
}
