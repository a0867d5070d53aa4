import { seededGlorotUniform } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';

export interface SeededDenseArgs {
  units: number;
  /** Default linear. */
  activation?: 'linear' | 'relu';
  seed: number;
  /** Name of the layer, and the purpose of its initial weights. */
  name: string;
}

/** [B, n] -> [B, units]: TensorFlow.js' dense layer, with initial weights that depend on the seed and its name alone. */
export function seededDense(
  x: tf.SymbolicTensor,
  { units, activation = 'linear', seed, name }: SeededDenseArgs,
): tf.SymbolicTensor {
  const dense = tf.layers.dense({ units, activation, kernelInitializer: 'zeros', name });
  const y = dense.apply(x) as tf.SymbolicTensor;
  const size = x.shape[1] as number;
  const fans = { fanIn: size, fanOut: units, seed, purpose: name };
  tf.tidy(() => {
    const kernel = tf.tensor2d(seededGlorotUniform(size * units, fans), [size, units]);
    dense.setWeights([kernel, tf.zeros([units])]);
  });
  return y;
}
