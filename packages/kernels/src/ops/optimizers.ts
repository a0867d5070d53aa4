import type * as tf from '@tensorflow/tfjs';
import { type KernelName, runKernel } from '../dispatch/runKernel.js';

export interface RMSPropState {
  parameters: readonly tf.Tensor[];
  gradients: readonly tf.Tensor[];
  /** Running means of squared gradients. */
  squares: readonly tf.Tensor[];
}

export interface RMSPropHyperparameters {
  /** Learning rate. */
  rate: number;
  /** Decay of the running mean; Torch7's default is 0.99. */
  decay: number;
  /** Added outside the root; Torch7's default is 1e-8. */
  epsilon: number;
}

/**
 * One step of RMSProp as Torch7 has it (`optim.rmsprop`), over all parameters in one call:
 *
 *     square = decay * square + (1 - decay) * g^2;    p = p - rate * g / (sqrt(square) + epsilon)
 *
 * The given tensors stay as they are.
 *
 * @returns new tensors in the order of the parameters
 * @throws Error naming the operation and the shapes where the lists do not fit together
 */
export function rmsPropUpdate(
  { parameters, gradients, squares }: RMSPropState,
  { rate, decay, epsilon }: RMSPropHyperparameters,
): { parameters: tf.Tensor[]; squares: tf.Tensor[] } {
  const hyperparameters = { rate, decay, epsilon };
  const lists = { gradients, parameters, squares };
  const [newParameters, newSquares] = update('rmsPropUpdate', 'rmsProp', lists, hyperparameters);
  return { parameters: newParameters as tf.Tensor[], squares: newSquares as tf.Tensor[] };
}

export interface AdamState {
  parameters: readonly tf.Tensor[];
  gradients: readonly tf.Tensor[];
  /** Running means of gradients. */
  means: readonly tf.Tensor[];
  /** Running means of squared gradients. */
  squares: readonly tf.Tensor[];
}

export interface AdamHyperparameters {
  /** Learning rate. */
  rate: number;
  /** Decay of the running mean of gradients; 0.9 in the paper. */
  beta1: number;
  /** Decay of the running mean of squared gradients; 0.999 in the paper. */
  beta2: number;
  /** Added outside the root; 1e-8 in the paper. */
  epsilon: number;
  /** The number of this step, from 1. */
  step: number;
}

/**
 * One step of Adam (Kingma and Ba, 1412.6980, algorithm 1), over all parameters in one call:
 *
 *     mean = beta1 * mean + (1 - beta1) * g;    square = beta2 * square + (1 - beta2) * g^2
 *     p = p - rate * (mean / (1 - beta1^step)) / (sqrt(square / (1 - beta2^step)) + epsilon)
 *
 * The given tensors stay as they are.
 *
 * @returns new tensors in the order of the parameters
 * @throws Error naming the operation and the shapes where the lists do not fit together
 */
export function adamUpdate(
  { parameters, gradients, means, squares }: AdamState,
  { rate, beta1, beta2, epsilon, step }: AdamHyperparameters,
): { parameters: tf.Tensor[]; means: tf.Tensor[]; squares: tf.Tensor[] } {
  if (!Number.isInteger(step) || step < 1) {
    throw new Error(`adamUpdate: step must be an integer from 1, got ${step}`);
  }
  const hyperparameters = { rate, beta1, beta2, epsilon, step };
  const lists = { gradients, parameters, means, squares };
  const [first, second, third] = update('adamUpdate', 'adam', lists, hyperparameters);
  return { parameters: first as tf.Tensor[], means: second as tf.Tensor[], squares: third as tf.Tensor[] };
}

/** Runs one kernel over lists of equal length, gradients first; returns what replaces the other lists. */
function update(
  operation: string,
  kernelName: KernelName,
  lists: Record<string, readonly tf.Tensor[]> & { parameters: readonly tf.Tensor[] },
  hyperparameters: Record<string, number>,
): tf.Tensor[][] {
  const rounded: Record<string, number> = {};
  for (const [name, value] of Object.entries(hyperparameters)) {
    if (!Number.isFinite(value)) throw new Error(`${operation}: ${name} must be a number, got ${value}`);
    // Kernels take float32; 1 - 0.999 differs from 1 minus the float32 nearest to 0.999 by one part in 80,000.
    rounded[name] = Math.fround(value);
  }
  const count = lists.parameters.length;
  const inputs: Record<string, tf.Tensor> = {};
  for (const [name, tensors] of Object.entries(lists)) {
    if (tensors.length !== count) {
      throw new Error(`${operation}: ${count} parameters need as many ${name}, got ${tensors.length}`);
    }
    tensors.forEach((tensor, i) => {
      const parameter = lists.parameters[i] as tf.Tensor;
      if (tensor.dtype !== 'float32' || tensor.shape.join() !== parameter.shape.join()) {
        throw new Error(
          `${operation}: ${name}[${i}] must be float32 [${parameter.shape}] like its parameter, ` +
            `got ${tensor.dtype} [${tensor.shape}]`,
        );
      }
      inputs[`${name}/${i}`] = tensor;
    });
  }
  const replaced = Object.keys(lists).length - 1;
  if (count === 0) return new Array(replaced).fill([]);
  const outputs = runKernel(kernelName, inputs, rounded);
  return Array.from({ length: replaced }, (_, i) => outputs.slice(i * count, (i + 1) * count));
}
