import * as tf from '@tensorflow/tfjs';
import { loadSumOp } from './addons.js';
import type { Communicator } from './communicator.js';

interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_ATTR_INT: number };
  executeMultipleOutputs(
    name: string,
    attributes: { name: string; type: number; value: number }[],
    inputs: tf.Tensor[],
    outputs: number,
  ): tf.Tensor[];
}

/**
 * The sums over all ranks of tensors, each rank's multiplied by its weight: with the weights n / N of a batch's shares,
 * means over the shares become the mean over the batch. All values go through one `MPI_Allreduce`: in TensorFlow's own
 * memory where TensorFlow computes on the processor; from a GPU, or on WebAssembly, through an array of the host.
 *
 * @param values float32, of the same shapes on every rank; they stay the caller's
 * @param weight of this rank's values; must be 1 in a world of one
 * @returns new tensors of the same shapes, equal to the bit on all ranks; in a world of one the given ones
 */
export function sumOverRanks(
  communicator: Communicator,
  values: readonly tf.Tensor[],
  weight: number,
): tf.Tensor[] {
  if (communicator.size === 1) return [...values];
  const backend = tf.backend() as TensorflowBackend;
  if (tf.getBackend() === 'tensorflow' && !backend.isUsingGpuDevice && loadSumOp()) {
    const count = { name: 'count', type: backend.binding.TF_ATTR_INT, value: values.length };
    const scale = tf.scalar(weight);
    try {
      return backend.executeMultipleOutputs('PixelrnnMpiSum', [count], [scale, ...values], values.length);
    } finally {
      scale.dispose();
    }
  }
  return throughHost(communicator, values, weight);
}

/** The same through an array. */
export function throughHost(
  communicator: Pick<Communicator, 'sum'>,
  values: readonly tf.Tensor[],
  weight: number,
): tf.Tensor[] {
  return tf.tidy(() => {
    const flat = tf.concat(values.map((value) => tf.reshape(value, [value.size])));
    const array = Float32Array.from(tf.mul(flat, weight).dataSync());
    communicator.sum(array);
    const pieces = tf.split(
      tf.tensor1d(array),
      values.map(({ size }) => size),
    );
    return pieces.map((piece, i) => tf.reshape(piece, (values[i] as tf.Tensor).shape));
  });
}
