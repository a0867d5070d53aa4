import * as tf from '@tensorflow/tfjs';

interface ConditionSizes {
  height: number;
  width: number;
  conditionSize: number;
  conditionMaps: number;
}

/** The inputs beside the pixels: a vector [B, m] where it has a size, then a map [B, H, W, c] where it has channels. */
export function conditionInputs(o: ConditionSizes): tf.SymbolicTensor[] {
  const inputs: tf.SymbolicTensor[] = [];
  if (o.conditionSize > 0) inputs.push(tf.input({ shape: [o.conditionSize], name: 'vector' }));
  if (o.conditionMaps > 0) {
    inputs.push(tf.input({ shape: [o.height, o.width, o.conditionMaps], name: 'condition' }));
  }
  return inputs;
}
