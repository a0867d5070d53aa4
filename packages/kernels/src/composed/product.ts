import * as tf from '@tensorflow/tfjs';

/**
 * a b for matrices or equal stacks of them. Its gradients transpose one operand first, because the WASM backend runs a
 * matMul with a transposed operand twenty times slower.
 */
export function product<T extends tf.Tensor>(a: T, b: T): T {
  const operation = tf.customGrad((...args) => {
    const [a, b] = args as [tf.Tensor, tf.Tensor];
    const save = args[2] as unknown as tf.GradSaveFunc;
    save([a, b]);
    const gradFunc = (dy: tf.Tensor, saved: tf.Tensor[]): tf.Tensor[] => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return [tf.matMul(dy, transposed(b)), tf.matMul(transposed(a), dy)];
    };
    return { value: tf.matMul(a, b), gradFunc };
  });
  return operation(a, b) as T;
}

function transposed(x: tf.Tensor): tf.Tensor {
  return tf.transpose(x, x.rank === 3 ? [0, 2, 1] : [1, 0]);
}
