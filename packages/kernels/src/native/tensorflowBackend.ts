import type * as tf from '@tensorflow/tfjs';
import { opName } from '../dispatch/opName.js';

interface OpAttribute {
  name: string;
  type: number;
  value: number | boolean | number[];
}

/** What TensorFlow's backend in Node has beside the common interface. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_ATTR_INT: number; readonly TF_ATTR_BOOL: number };
  executeMultipleOutputs(
    name: string,
    attributes: OpAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** The custom ops, which the addon has made known to TensorFlow. */
export class TensorflowOps {
  constructor(private readonly backend: TensorflowBackend) {}

  /**
   * @param attributes integers and lists of them, and flags
   * @param inputs in the op's order, without those that are not given
   */
  run(
    name: string,
    attributes: Readonly<Record<string, OpAttribute['value']>>,
    inputs: readonly (tf.TensorInfo | undefined)[],
    outputs: number,
  ): tf.Tensor[] {
    const { TF_ATTR_INT, TF_ATTR_BOOL } = this.backend.binding;
    const list = Object.entries(attributes).map(([name, value]) => ({
      name,
      type: typeof value === 'boolean' ? TF_ATTR_BOOL : TF_ATTR_INT,
      value,
    }));
    const given = inputs.filter((input) => input !== undefined);
    return this.backend.executeMultipleOutputs(opName(name), list, given, outputs);
  }
}

/** How many there are of an optional tensor: one or none. */
export const countOf = (tensor: tf.TensorInfo | undefined) => (tensor ? 1 : 0);
