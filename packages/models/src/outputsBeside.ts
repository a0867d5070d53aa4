import type * as tf from '@tensorflow/tfjs';

/** All outputs of the application of a layer that made one of them. */
export function outputsBeside(tensor: tf.SymbolicTensor): tf.SymbolicTensor[] {
  const { sourceLayer, nodeIndex } = tensor;
  const outputs = sourceLayer.getOutputAt(nodeIndex);
  return Array.isArray(outputs) ? outputs : [outputs];
}
