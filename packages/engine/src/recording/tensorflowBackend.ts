import * as tf from '@tensorflow/tfjs';

/** A tensor as TensorFlow's backend in Node keeps it. */
interface TensorData {
  shape: number[];
  /** TensorFlow's own number of the type. */
  dtype: number;
  /** TensorFlow's number of the tensor; below 0 while the values wait to be handed over. */
  id: number;
  values: unknown;
  refCount: number;
}

export type Attributes = readonly { name: string; type: number; value: unknown }[];

/** What TensorFlow's backend in Node has beside the common interface, version 4.22. */
export interface TensorflowBackend extends tf.KernelBackend {
  readonly binding: {
    executeOp(
      name: string,
      attributes: Attributes,
      inputs: number[],
      outputs: number,
    ): { id: number; shape: number[] }[];
    createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
    tensorDataSync(id: number): unknown;
    deleteTensor(id: number): void;
  };
  readonly tensorMap: {
    has(dataId: object): boolean;
    get(dataId: object): TensorData;
    set(dataId: object, data: TensorData): void;
  };
  /** Counts all of TensorFlow's tensors, those too that TensorFlow.js does not know. */
  getNumOfTFTensors(): number;
  /** TensorFlow's numbers of tensors, whose values are handed over now where they were not. */
  getInputTensorIds(tensors: readonly { dataId: object }[]): number[];
  getDTypeInteger(dtype: tf.DataType): number;
  executeSingleOutput(name: string, attributes: Attributes, inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attributes,
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

/** The current backend where it is TensorFlow's. */
export function tensorflowBackend(): TensorflowBackend | undefined {
  const backend = tf.backend() as TensorflowBackend;
  return tf.getBackend() === 'tensorflow' && backend.binding && backend.tensorMap ? backend : undefined;
}
