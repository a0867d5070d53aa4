import { rmsPropUpdate } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { KeptTensors } from '../step/keptTensors.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

export interface RMSPropOptions {
  learningRate: number;
  /** Decay of the running mean of squared gradients; Torch7's default is 0.99. */
  decay?: number;
  /** Added outside the root; Torch7's default is 1e-8. */
  epsilon?: number;
}

/**
 * RMSProp as Torch7 has it (`optim.rmsprop`), the optimiser of both papers:
 *
 *     square = decay * square + (1 - decay) * g^2;    p = p - learningRate * g / (sqrt(square) + epsilon)
 *
 * TensorFlow.js adds epsilon inside the root and has other defaults.
 */
export class RMSProp implements Optimizer {
  private readonly squares: KeptTensors;
  private updates = 0;

  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly options: RMSPropOptions,
  ) {
    this.squares = new KeptTensors(variables);
  }

  step(gradients: readonly tf.Tensor[], rate = this.options.learningRate): void {
    const { decay = 0.99, epsilon = 1e-8 } = this.options;
    this.updates++;
    tf.tidy(() => {
      const state = { parameters: this.variables, gradients, squares: this.squares.all };
      const { parameters, squares } = rmsPropUpdate(state, { rate, decay, epsilon });
      for (const [i, variable] of this.variables.entries()) variable.assign(parameters[i] as tf.Tensor);
      this.squares.replace(squares);
    });
  }

  /** The running squares, in the order of the variables. */
  state(): OptimizerState {
    return { updates: this.updates, tensors: [...this.squares.all] };
  }

  restore({ updates, tensors }: OptimizerState): void {
    this.updates = updates;
    this.squares.replace(tensors.map((tensor) => tf.clone(tensor)));
  }

  dispose(): void {
    this.squares.dispose();
  }
}
