import * as tf from '@tensorflow/tfjs';
import { isRecording } from './recording.js';
import { type Kind, kindsOf, RepeatedCalls } from './repeatedCalls.js';
import { tensorflowBackend } from './tensorflowBackend.js';

/** Inputs of more kinds than these have the function called. */
const mostKinds = 8;

/**
 * A function of tensors that is called again and again and does the same each time, such as loss and gradients of a
 * training step. Native TensorFlow is handed the operations that two calls in a row agreed on, without the functions and
 * without TensorFlow.js, whose work between small operations takes as long as some of these; the operations being the same,
 * so are the bits of the results, as far as the engine promises them. On other engines, inside `tf.grad` and its like,
 * inside `tf.profile` and in debug mode the function itself is always called.
 *
 * Names, attributes, inputs and constants of all operations are compared, so a function that draws random numbers is called
 * each time, and so is one that reads a tensor, keeps one, makes a variable or assigns to one. What cannot be seen is left
 * out: other effects of the function, and decisions that fell the same way twice by chance. A function whose operations
 * depend on more than its arguments, such as an object's property, is compared again once in 64 calls, and until then repeats
 * what it did; `version` is for what is known to change.
 */
export class RecordedFunction {
  private readonly known: RepeatedCalls[] = [];

  /** @param compute has no other effects than its results, which are new tensors */
  constructor(private readonly compute: (inputs: readonly tf.Tensor[]) => tf.Tensor[]) {}

  /**
   * @param inputs of any number; each combination of their shapes and types is recorded by itself
   * @param version and so is each version
   * @returns what the function returns, in the caller's `tf.tidy`
   * @throws what the function or an operation throws
   */
  run(inputs: readonly tf.Tensor[], version = ''): tf.Tensor[] {
    const backend = tensorflowBackend();
    if (!backend || isRecording(backend) || watched()) return this.compute(inputs);
    const kinds: Kind[] = kindsOf(inputs);
    let calls = this.known.find((calls) => calls.isFor(backend, version, kinds));
    if (!calls) {
      if (this.known.length === mostKinds) return this.compute(inputs);
      calls = new RepeatedCalls(backend, version, kinds);
      this.known.push(calls);
    }
    return calls.run(inputs, this.compute);
  }
}

function watched(): boolean {
  const { profiling, gradientDepth } = tf.engine().state;
  return profiling || gradientDepth > 0 || tf.env().getBool('DEBUG');
}
