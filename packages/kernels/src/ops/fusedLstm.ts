import * as tf from '@tensorflow/tfjs';
import { runKernel } from '../dispatch/runKernel.js';
import { saveTensors } from '../dispatch/savedTensors.js';
import { lstmGradients } from '../fused/lstm.js';
import type { DiagonalBiLSTMInputs, RowLSTMInputs } from './lstmInputs.js';
import type { Tap } from './taps.js';

/** A recurrent layer by the fused kernels, differentiable once in everything but the masks. */
export function fusedLstm(
  operation: 'rowLSTM' | 'diagonalBiLSTM',
  inputs: RowLSTMInputs | DiagonalBiLSTMInputs,
  taps: readonly Tap[],
): tf.Tensor4D {
  const { projection, inputMask, ...tensors } = inputs;
  const all = { ...tensors, upKernel: projection?.kernel, upBias: projection?.bias };
  const names = lstmGradients.filter((name) => all[name] !== undefined);
  const masks = { inputMask, ...(projection && { upMask: projection.mask }) };
  const attributes = {
    taps: taps.flatMap(({ row, column }) => [row, column]),
    residual: projection?.residual ?? false,
  };
  // Gates and hidden map are no outputs to TensorFlow.js, which would make gradients of zeros for them.
  const layer = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: tf.Tensor[]) => void;
    const { addition, ...named }: tf.NamedTensorMap = { ...byName(names, given as tf.Tensor[]), ...masks };
    const [y, gates, hidden] = runKernel(operation, { ...named, ...(addition && { addition }) }, attributes);
    const saved = saveTensors(save, { ...named, gates: gates as tf.Tensor, ...(hidden && { hidden }) });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) =>
      runKernel(
        `${operation}Backward`,
        { ...saved(tensors), dy: dy as tf.Tensor },
        { ...attributes, additionGradient: addition !== undefined },
      );
    return { value: y as tf.Tensor, gradFunc };
  });
  return layer(...names.map((name) => all[name] as tf.Tensor)) as tf.Tensor4D;
}

function byName(names: readonly string[], tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
}
