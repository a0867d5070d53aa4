import * as tf from '@tensorflow/tfjs';
import { kernelNames } from '../dispatch/kernelNames.js';
import { runKernel } from '../dispatch/runKernel.js';
import { saveTensors } from '../dispatch/savedTensors.js';
import type { DiagonalBiLSTMInputs, RowLSTMInputs } from './lstmInputs.js';
import type { Tap } from './taps.js';

/** A recurrent layer by the fused kernels, differentiable once in everything but the masks. */
export function fusedLstm(
  operation: 'rowLSTM' | 'diagonalBiLSTM',
  inputs: RowLSTMInputs | DiagonalBiLSTMInputs,
  taps: readonly Tap[],
): tf.Tensor4D {
  const { x, inputKernel, inputMask, bias, stateKernel, initialHidden, initialCell } = inputs;
  const { addition, projection } = inputs;
  const needed = {
    ...{ x, inputKernel, bias, stateKernel, initialHidden, initialCell },
    ...(projection && { upKernel: projection.kernel, upBias: projection.bias }),
  };
  const masks = { inputMask, ...(projection && { upMask: projection.mask }) };
  const names = Object.keys(needed);
  const attributes = {
    taps: taps.flatMap(({ row, column }) => [row, column]),
    residual: projection?.residual ?? false,
  };
  // Gates and hidden map are no outputs to TensorFlow.js, which would make gradients of zeros for them.
  const layer = tf.customGrad((...given) => {
    const save = given.pop() as (tensors: tf.Tensor[]) => void;
    const tensors = given as tf.Tensor[];
    const named = { ...byName(names, tensors), ...masks };
    const added = addition && { addition: tensors[names.length] as tf.Tensor };
    const outputs = runKernel(kernelNames[operation], { ...named, ...added }, attributes) as tf.Tensor[];
    const [y, gates, hidden] = outputs as [tf.Tensor, tf.Tensor, tf.Tensor?];
    const saved = saveTensors(save, { ...named, gates, ...(hidden && { hidden }) });
    const gradFunc = (dy: tf.Tensor | tf.Tensor[], tensors: tf.Tensor[]) =>
      runKernel(
        kernelNames[`${operation}Backward`],
        { ...saved(tensors), dy: dy as tf.Tensor },
        { ...attributes, additionGradient: addition !== undefined },
      ) as tf.Tensor[];
    return { value: y, gradFunc };
  });
  return layer(...(Object.values(needed) as tf.Tensor[]), ...(addition ? [addition] : [])) as tf.Tensor4D;
}

function byName(names: readonly string[], tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(names.map((name, i) => [name, tensors[i] as tf.Tensor]));
}
