import * as tf from '@tensorflow/tfjs';

/** The numbers of a window, as they stand in a checkpoint. */
export interface WindowState {
  /** Sums over the window's steps of the loss and of the gradients' squared norm. */
  totals: [number, number];
  /** Steps of the window until each sum stopped being finite. */
  finite: [number, number];
  /** Steps whose update took place. */
  steps: number;
}

/** What a window says of its steps. */
export interface WindowMeans {
  /** Mean loss, nats per image. */
  loss: number;
  /** Root mean square of the gradients' global norm. */
  gradientNorm: number;
}

/**
 * Loss and gradient norm of the steps since the last entry of the log, summed on the engine: nothing is read back until
 * the entry is due, and then it can still be told at which step one of them stopped being finite.
 */
export class LossWindow {
  private totals = tf.keep(tf.zeros([2]));
  private finite = tf.keep(tf.zeros([2]));
  private steps = 0;

  /** @param numbers [2], {@link stepNumbers} of a step; stays the caller's */
  add(numbers: tf.Tensor): void {
    this.steps++;
    const { totals, finite } = this;
    tf.tidy(() => {
      this.totals = tf.keep(tf.add(totals, numbers)); // once not finite, always
      this.finite = tf.keep(tf.add(finite, tf.cast(tf.isFinite(this.totals), 'float32')));
    });
    tf.dispose([totals, finite]);
  }

  get length(): number {
    return this.steps;
  }

  async state(): Promise<WindowState> {
    const [totals, finite] = await Promise.all([this.totals.data(), this.finite.data()]);
    return {
      totals: [totals[0] as number, totals[1] as number],
      finite: [finite[0] as number, finite[1] as number],
      steps: this.steps,
    };
  }

  restore({ totals, finite, steps }: WindowState): void {
    this.dispose();
    this.totals = tf.keep(tf.tensor1d(totals));
    this.finite = tf.keep(tf.tensor1d(finite));
    this.steps = steps;
  }

  /** Begins a new window. */
  clear(): void {
    this.restore({ totals: [0, 0], finite: [0, 0], steps: 0 });
  }

  dispose(): void {
    tf.dispose([this.totals, this.finite]);
  }
}

/** [2]: what {@link LossWindow} adds up. */
export function stepNumbers(loss: tf.Scalar, squaredNorm: tf.Scalar): tf.Tensor1D {
  return tf.stack([loss, squaredNorm]) as tf.Tensor1D;
}

/** The means of a window whose sums are finite. */
export function windowMeans({ totals, steps }: WindowState): WindowMeans {
  return { loss: totals[0] / steps, gradientNorm: Math.sqrt(totals[1] / steps) };
}

/** The first of a window's steps, from 0, at which something was not finite, and what; null where all was. */
export function firstNonFinite({ totals, finite, steps }: WindowState): {
  step: number;
  what: 'loss' | 'gradient';
} | null {
  const [loss, gradient] = finite;
  if (Math.min(loss, gradient) === steps && totals.every(Number.isFinite)) return null;
  return loss <= gradient ? { step: loss, what: 'loss' } : { step: gradient, what: 'gradient' };
}
