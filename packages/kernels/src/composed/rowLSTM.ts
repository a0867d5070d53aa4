import * as tf from '@tensorflow/tfjs';
import type { RowLSTMInputs } from '../ops/lstmInputs.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import type { Tap } from '../ops/taps.js';
import { type LstmState, lstmStep } from './lstmStep.js';
import { product } from './product.js';
import { unstack } from './unstack.js';
import { composedUpProjection } from './upProjection.js';

/**
 * The reference of the Row LSTM: the input-to-state convolution of the whole map first, then one product a row. The state
 * convolution over k columns is [h_(c-1) ; h_c ; h_(c+1)] times one matrix.
 */
export function composedRowLSTM(inputs: RowLSTMInputs, taps: readonly Tap[]): tf.Tensor4D {
  const { x, inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell, addition } = inputs;
  const [batch, , width] = x.shape;
  const [side, h] = stateKernel.shape;
  const map = maskedConv2d({ x, kernel: inputKernel, mask: inputMask, bias, residual: addition }, { taps });
  const matrix = tf.reshape(stateKernel, [side * h, 4 * h]);
  const row = tf.zeros([batch, width, h]);
  let state: LstmState = { hidden: tf.add(row, initialHidden), cell: tf.add(row, initialCell) };
  const hidden = unstack(map, 1).map((sums) => {
    const read = tf.reshape(neighbours(state.hidden, side), [batch * width, side * h]);
    const fromState = tf.reshape(product(read, matrix), [batch, width, 4 * h]);
    state = lstmStep(tf.add(sums, fromState), state.cell);
    return state.hidden; // [B, W, h]
  });
  const output = tf.stack(hidden, 1) as tf.Tensor4D; // [B, H, W, h]
  return composedUpProjection(output, x, inputs.projection);
}

/** Each column beside its neighbours, zeros outside the image: [B, W, h] -> [B, W, side h] */
function neighbours(row: tf.Tensor, side: number): tf.Tensor {
  const [batch, width, h] = row.shape as [number, number, number];
  const reach = (side - 1) / 2;
  const padded = tf.pad(row, [
    [0, 0],
    [reach, reach],
    [0, 0],
  ]);
  const shifted = Array.from({ length: side }, (_, i) => tf.slice(padded, [0, i, 0], [batch, width, h]));
  return tf.concat(shifted, 2);
}
