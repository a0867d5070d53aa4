import * as tf from '@tensorflow/tfjs';
import type { DiagonalBiLSTMInputs } from '../ops/lstmInputs.js';
import { maskedConv2d } from '../ops/maskedConv2d.js';
import { type LstmState, lstmStep } from './lstmStep.js';
import { product } from './product.js';
import { skew, unskew } from './skew.js';
import { unstack } from './unstack.js';
import { composedUpProjection } from './upProjection.js';

/**
 * The reference of the Diagonal BiLSTM: the input-to-state product of the whole map first, then one product a diagonal
 * for both directions together. The state convolution over 2 x 1 positions is [h_r ; h_(r-1)] times one matrix.
 */
export function composedDiagonalBiLSTM(inputs: DiagonalBiLSTMInputs): tf.Tensor4D {
  const { x, inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell, addition } = inputs;
  const [batch, height, width] = x.shape;
  const h = initialHidden.shape[1];
  const taps = [{ row: 0, column: 0 }];
  const map = maskedConv2d({ x, kernel: inputKernel, mask: inputMask, bias, residual: addition }, { taps });
  const [toRight, toLeft] = tf.split(map, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
  const both = tf.concat([toRight, tf.reverse(toLeft, 2)], 0); // the image is flipped, then skewed
  const states = unskew(scan(skew(both)), width); // [2B, H, W, h]
  const [right, flipped] = tf.split(states, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
  return composedUpProjection(tf.add(right, shiftDown(tf.reverse(flipped, 2))), x, inputs.projection);

  /** [2B, H, W + H - 1, 4h] -> [2B, H, W + H - 1, h], the first B to the right, the others to the left. */
  function scan(skewed: tf.Tensor4D): tf.Tensor4D {
    const perDirection = [2, batch * height, 2 * h] as const;
    const matrices = tf.reshape(stateKernel, [2, 2 * h, 4 * h]) as tf.Tensor3D;
    const empty = tf.zeros([2, batch, height, h]);
    const initial: LstmState = {
      hidden: tf.add(empty, tf.reshape(initialHidden, [2, 1, 1, h])),
      cell: tf.add(empty, tf.reshape(initialCell, [2, 1, 1, h])),
    };
    let state = initial;
    const hidden = unstack(skewed, 2).map((column, diagonal) => {
      if (diagonal > 0 && diagonal < height) state = untilStarted(state, initial, diagonal);
      const above = shiftDown(state.hidden as tf.Tensor4D, 2);
      const read = tf.reshape(tf.concat([state.hidden, above], 3), [...perDirection]) as tf.Tensor3D;
      const sums = tf.add(
        tf.reshape(column, [2, batch, height, 4 * h]),
        tf.reshape(product(read, matrices), [2, batch, height, 4 * h]),
      );
      state = lstmStep(sums, state.cell);
      return tf.reshape(state.hidden, [2 * batch, height, h]);
    });
    return tf.stack(hidden, 2) as tf.Tensor4D;
  }
}

/**
 * The state with every row that starts at this diagonal or later put back to the initial one: what the steps made of it in
 * the skew's padding does not count.
 */
function untilStarted(state: LstmState, initial: LstmState, diagonal: number): LstmState {
  const height = state.hidden.shape[2] as number;
  const started = tf.reshape(
    tf.tensor1d(Array.from({ length: height }, (_, row) => (row < diagonal ? 1 : 0))),
    [1, 1, height, 1],
  );
  const waiting = tf.sub(1, started);
  const choose = (now: tf.Tensor, first: tf.Tensor) => tf.add(tf.mul(now, started), tf.mul(first, waiting));
  return { hidden: choose(state.hidden, initial.hidden), cell: choose(state.cell, initial.cell) };
}

/** One row down along `axis`, zeros on top. */
function shiftDown(x: tf.Tensor4D, axis = 1): tf.Tensor4D {
  const height = x.shape[axis] as number;
  const size = [...x.shape] as [number, number, number, number];
  size[axis] = height - 1;
  const padding = x.shape.map((_, i): [number, number] => (i === axis ? [1, 0] : [0, 0]));
  return tf.pad(tf.slice(x, [0, 0, 0, 0], size), padding);
}
