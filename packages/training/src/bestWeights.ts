import * as tf from '@tensorflow/tfjs';

/** The best validation so far, as it stands in a checkpoint. */
export interface BestValidation {
  step: number;
  /** Its mean, nats per image. */
  nats: number;
  /** Validations since without improvement. */
  since: number;
}

/** The weights of the best validation so far, for early stopping. */
export class BestWeights {
  private validation: BestValidation | null = null;
  private flat = tf.keep(tf.zeros([1])) as tf.Tensor1D;

  /** @param minDelta what counts as an improvement, nats per image */
  constructor(private readonly minDelta: number) {}

  /** @param weights as one vector; copied where they are the best so far */
  offer(step: number, nats: number, weights: tf.Tensor1D): void {
    const best = this.validation;
    if (best && nats >= best.nats - this.minDelta) {
      this.validation = { ...best, since: best.since + 1 };
      return;
    }
    this.restore({ step, nats, since: 0 }, weights);
  }

  /** The best so far; null before the first validation. */
  get best(): BestValidation | null {
    return this.validation;
  }

  /** Weights of the best validation as one vector; they stay this object's. Null before the first validation. */
  get weights(): tf.Tensor1D | null {
    return this.validation && this.flat;
  }

  /** Takes a copy of the weights. */
  restore(best: BestValidation, weights: tf.Tensor): void {
    this.flat.dispose();
    this.flat = tf.keep(tf.clone(weights) as tf.Tensor1D);
    this.validation = best;
  }

  dispose(): void {
    this.flat.dispose();
  }
}
