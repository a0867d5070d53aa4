import type * as tf from '@tensorflow/tfjs';

export function fail(operation: string, what: string): never {
  throw new Error(`${operation}: ${what}`);
}

/** @throws Error naming operation, input and shapes */
export function checkShape(
  operation: string,
  name: string,
  tensor: tf.Tensor,
  shape: readonly number[],
): void {
  if (tensor.shape.join() !== shape.join())
    fail(operation, `${name} must be [${shape}], got [${tensor.shape}]`);
}
