import * as tf from '@tensorflow/tfjs';
import type { TensorflowBackend } from '../native/tensorflowBackend.js';

export type OpAttributes = Record<string, number | boolean | number[]>;

/** Runs an op as TensorFlow sees it, past all checks in TypeScript. */
export function runOp(name: string, attributes: OpAttributes, inputs: tf.Tensor[], outputs = 1): tf.Tensor[] {
  const backend = tf.backend() as TensorflowBackend;
  const { TF_ATTR_INT, TF_ATTR_BOOL } = backend.binding;
  const list = Object.entries(attributes).map(([name, value]) => ({
    name,
    type: typeof value === 'boolean' ? TF_ATTR_BOOL : TF_ATTR_INT,
    value,
  }));
  return backend.executeMultipleOutputs(name, list, inputs, outputs);
}
