import * as tf from '@tensorflow/tfjs';

/**
 * Saves what a gradient needs, as `tf.customGrad` wants it: clones of the tensors that TensorFlow.js might dispose of
 * before. Variables and kept tensors, as masks are, stay; to clone a step's weights would cost more than some of its
 * kernels.
 *
 * @param save of `tf.customGrad`
 * @returns gives the same names their tensors again, from those that the gradient is handed
 */
export function saveTensors(
  save: (tensors: tf.Tensor[]) => void,
  tensors: tf.NamedTensorMap,
): (saved: readonly tf.Tensor[]) => tf.NamedTensorMap {
  const passing = Object.entries(tensors).filter(([, tensor]) => !stays(tensor));
  save(passing.map(([, tensor]) => tensor));
  return (saved) => ({
    ...tensors,
    ...Object.fromEntries(passing.map(([name], i) => [name, saved[i] as tf.Tensor])),
  });
}

const stays = (tensor: tf.Tensor) => tensor instanceof tf.Variable || tensor.kept;
