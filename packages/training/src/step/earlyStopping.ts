import * as tf from '@tensorflow/tfjs';

/** The best validation so far, as it stands in a checkpoint. */
export interface BestValidation {
  step: number;
  /** Its mean, nats per image. */
  nats: number;
  /** Validations since without improvement. */
  since: number;
}

/** The best validation so far, how many came after it and, where training may stop early, its weights. */
export class EarlyStopping {
  private validation: BestValidation | null = null;
  private flat = tf.keep(tf.zeros([1])) as tf.Tensor1D;

  constructor(private readonly options: { minDelta: number; keepWeights: boolean }) {}

  /**
   * @param nats of the validation; an improvement where it is lower by more than `minDelta`
   * @param weights as one vector; copied where they are the best so far and are to be kept
   */
  offer(step: number, nats: number, weights: tf.Tensor1D): void {
    const { minDelta, keepWeights } = this.options;
    const best = this.validation;
    if (best && nats >= best.nats - minDelta) this.validation = { ...best, since: best.since + 1 };
    else this.restore({ step, nats, since: 0 }, keepWeights ? weights : null);
  }

  /** The best so far; null before the first validation. */
  get best(): BestValidation | null {
    return this.validation;
  }

  /** Weights of the best validation as one vector, which stay this object's; null where there are none, or not kept. */
  get weights(): tf.Tensor1D | null {
    return this.validation && this.options.keepWeights ? this.flat : null;
  }

  /** Takes a copy of the weights. */
  restore(best: BestValidation, weights: tf.Tensor | null): void {
    this.validation = best;
    if (!weights) return;
    this.flat.dispose();
    this.flat = tf.keep(tf.clone(weights) as tf.Tensor1D);
  }

  dispose(): void {
    this.flat.dispose();
  }
}
