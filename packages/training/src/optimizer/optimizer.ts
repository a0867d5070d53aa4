import type * as tf from '@tensorflow/tfjs';

/** What an optimiser needs to go on as if it had not stopped. */
export interface OptimizerState {
  /** Updates so far. */
  updates: number;
  /** float32, of the variables' shapes, in an order that is the optimiser's own. */
  tensors: tf.Tensor[];
}

/** Updates variables in place from their gradients; keeps the same number of tensors from its making to its disposal. */
export interface Optimizer {
  /** One update. `gradients` are in the order of the variables and stay the caller's; `rate` replaces the learning rate. */
  step(gradients: readonly tf.Tensor[], rate?: number): void;
  /** The tensors stay the optimiser's. */
  state(): OptimizerState;
  /** Takes copies. */
  restore(state: OptimizerState): void;
  dispose(): void;
}
