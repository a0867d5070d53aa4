import type * as tf from '@tensorflow/tfjs';

/** A float32 tensor's values; the tensor is disposed of, also where they cannot be read. */
export async function readOnce(tensor: tf.Tensor): Promise<Float32Array> {
  try {
    return (await tensor.data()) as Float32Array;
  } finally {
    tensor.dispose();
  }
}
