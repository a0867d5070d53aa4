import * as tf from '@tensorflow/tfjs';

/** All values of the tensors in one vector, so that what is done to each takes one operation for all. */
export function flatten(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  return tf.tidy(() => tf.concat(tensors.map((tensor) => tf.reshape(tensor, [tensor.size]) as tf.Tensor1D)));
}

/** The inverse of {@link flatten}: pieces of the shapes of `like`. */
export function unflatten(flat: tf.Tensor1D, like: readonly tf.Tensor[]): tf.Tensor[] {
  return tf.tidy(() => {
    const sizes = like.map(({ size }) => size);
    return tf.split(flat, sizes).map((piece, i) => tf.reshape(piece, (like[i] as tf.Tensor).shape));
  });
}

/** Puts the values of a vector into the variables. */
export function setWeights(variables: readonly tf.Variable[], flat: tf.Tensor1D): void {
  tf.tidy(() => {
    const values = unflatten(flat, variables);
    for (const [i, variable] of variables.entries()) variable.assign(values[i] as tf.Tensor);
  });
}

/** Puts other values into the variables while `body` runs, then their own again, bit for bit. */
export async function withWeights<T>(
  variables: readonly tf.Variable[],
  flat: tf.Tensor1D,
  body: () => Promise<T>,
): Promise<T> {
  const own = flatten(variables);
  try {
    setWeights(variables, flat);
    return await body();
  } finally {
    setWeights(variables, own);
    own.dispose();
  }
}
