import { rmsPropUpdate } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';

export interface RMSPropOptions {
  learningRate: number;
  /** Of the running mean of squared gradients; Torch7's default is 0.99. */
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
export class RMSProp {
  private readonly squares: tf.Tensor[];

  constructor(
    private readonly variables: readonly tf.Variable[],
    private readonly options: RMSPropOptions,
  ) {
    this.squares = variables.map((variable) => tf.keep(tf.zeros(variable.shape)));
  }

  /** One update. `gradients` are in the order of the variables and stay the caller's. */
  step(gradients: readonly tf.Tensor[]): void {
    const { learningRate: rate, decay = 0.99, epsilon = 1e-8 } = this.options;
    tf.tidy(() => {
      const { variables: parameters, squares } = this;
      const updated = rmsPropUpdate({ parameters, gradients, squares }, { rate, decay, epsilon });
      this.variables.forEach((variable, i) => void variable.assign(updated.parameters[i] as tf.Tensor));
      updated.squares.forEach((square, i) => void this.replaceSquare(i, square));
    });
  }

  /** The running squares, in the order of the variables; they stay the optimiser's. */
  state(): tf.Tensor[] {
    return [...this.squares];
  }

  /** Replaces the running squares with copies of `state`. */
  restore(state: readonly tf.Tensor[]): void {
    tf.tidy(() => {
      for (const [i, square] of state.entries()) this.replaceSquare(i, tf.clone(square));
    });
  }

  dispose(): void {
    tf.dispose(this.squares);
  }

  private replaceSquare(i: number, square: tf.Tensor): void {
    this.squares[i]?.dispose();
    this.squares[i] = tf.keep(square);
  }
}
