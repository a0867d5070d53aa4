import * as tf from '@tensorflow/tfjs';

/** Tensors that outlive every `tf.tidy`, one for each variable, replaced as a whole. */
export class KeptTensors {
  private tensors: tf.Tensor[];

  /** Zeros of the shapes of `variables`. */
  constructor(variables: readonly tf.Tensor[]) {
    this.tensors = variables.map(({ shape }) => tf.keep(tf.zeros(shape)));
  }

  get all(): readonly tf.Tensor[] {
    return this.tensors;
  }

  /** Takes `tensors` over and disposes the ones before. */
  replace(tensors: readonly tf.Tensor[]): void {
    const before = this.tensors;
    this.tensors = tensors.map((tensor) => tf.keep(tensor));
    tf.dispose(before);
  }

  dispose(): void {
    tf.dispose(this.tensors);
  }
}
