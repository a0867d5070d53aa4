import { adamUpdate } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { KeptTensors } from '../step/keptTensors.js';
import type { Optimizer, OptimizerState } from './optimizer.js';

export interface AdamOptions {
  learningRate: number;
  /** Decay of the running mean of gradients; 0.9 in the paper. */
  beta1?: number;
  /** Decay of the running mean of squared gradients; 0.999 in the paper. */
  beta2?: number;
  /** Added outside the root; 1e-8 in the paper. */
  epsilon?: number;
}

/** Adam with bias correction (Kingma and Ba, 1412.6980, algorithm 1). */
export class Adam implements Optimizer {
  private readonly means: KeptTensors;
  private readonly squares: KeptTensors;
  private updates = 0;

  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly options: AdamOptions,
  ) {
    this.means = new KeptTensors(variables);
    this.squares = new KeptTensors(variables);
  }

  step(gradients: readonly tf.Tensor[], rate = this.options.learningRate): void {
    const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = this.options;
    this.updates++;
    tf.tidy(() => {
      const { means, squares } = this;
      const state = { parameters: this.variables, gradients, means: means.all, squares: squares.all };
      const updated = adamUpdate(state, { rate, beta1, beta2, epsilon, step: this.updates });
      for (const [i, variable] of this.variables.entries()) {
        variable.assign(updated.parameters[i] as tf.Tensor);
      }
      means.replace(updated.means);
      squares.replace(updated.squares);
    });
  }

  /** The running means, then the running squares, each in the order of the variables. */
  state(): OptimizerState {
    return { updates: this.updates, tensors: [...this.means.all, ...this.squares.all] };
  }

  restore({ updates, tensors }: OptimizerState): void {
    const copies = tensors.map((tensor) => tf.clone(tensor));
    this.updates = updates;
    this.means.replace(copies.slice(0, this.variables.length));
    this.squares.replace(copies.slice(this.variables.length));
  }

  dispose(): void {
    this.means.dispose();
    this.squares.dispose();
  }
}
