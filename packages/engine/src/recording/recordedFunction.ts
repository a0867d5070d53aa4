import * as tf from '@tensorflow/tfjs';
import { isRecording, type Recorded, type Recording, record } from './recording.js';
import { Replay } from './replay.js';
import { sameRecording } from './sameRecording.js';
import { type TensorflowBackend, tensorflowBackend } from './tensorflowBackend.js';

/** How often the function itself is called to see whether it still does the same. */
const callsPerCheck = 64;
/** A function that changes more often is no longer recorded. */
const mostChanges = 4;

/**
 * A function of tensors that is called again and again and does the same each time, such as loss and gradients of a
 * training step. Native TensorFlow is handed the operations that two calls in a row agreed on, without the functions and
 * without TensorFlow.js, whose work between small operations takes as long as some of these; the results are the same bit
 * by bit. On other engines, inside `tf.profile` and in debug mode the function itself is always called.
 *
 * What counts as the same is proven, not promised: names, attributes, inputs and constants of all operations. A function
 * that reads a tensor, draws random numbers or assigns to a variable among its inputs is therefore called each time. One that
 * begins to do something else, because an object that it reads was changed, is found out at the latest 64 calls later.
 */
export class RecordedFunction {
  private backend: TensorflowBackend | undefined;
  private version = '';
  private given: readonly Kind[] = [];
  private last: Recording | undefined;
  private replay: Replay | undefined;
  private calls = 0;
  private changes = 0;

  /** @param compute all of its inputs that change are its arguments; its results are new tensors */
  constructor(private readonly compute: (inputs: readonly tf.Tensor[]) => tf.Tensor[]) {}

  /**
   * @param inputs of any number; where their shapes or types change, recording begins anew
   * @param version where it changes too
   * @returns what the function returns, in the caller's `tf.tidy`
   * @throws what the function or an operation throws
   */
  run(inputs: readonly tf.Tensor[], version = ''): tf.Tensor[] {
    const backend = tensorflowBackend();
    if (!backend || isRecording(backend) || watched()) return this.compute(inputs);
    if (backend !== this.backend || version !== this.version || !alike(inputs, this.given)) {
      this.begin(backend, version, inputs);
    }
    if (this.changes > mostChanges) return this.compute(inputs);
    if (this.replay && ++this.calls % callsPerCheck !== 0) {
      const results = this.replay.run(inputs);
      if (results) return results;
    }
    return this.record(backend, inputs);
  }

  private begin(backend: TensorflowBackend, version: string, inputs: readonly tf.Tensor[]): void {
    this.backend = backend;
    this.version = version;
    this.given = inputs.map(({ dtype, shape }) => ({ dtype, shape }));
    this.last = undefined;
    this.replay = undefined;
    this.changes = 0;
  }

  private record(backend: TensorflowBackend, inputs: readonly tf.Tensor[]): tf.Tensor[] {
    const { results, recording }: Recorded = record(backend, inputs, () => this.compute(inputs));
    if (recording && this.last && sameRecording(this.last, recording)) {
      this.replay ??= new Replay(backend, recording);
    } else {
      this.replay = undefined;
      if (!recording) this.changes = mostChanges + 1;
      else if (this.last) this.changes++;
      this.last = recording;
    }
    return results;
  }
}

type Kind = Pick<tf.Tensor, 'dtype' | 'shape'>;

const alike = (a: readonly Kind[], b: readonly Kind[]) =>
  a.length === b.length &&
  a.every(({ dtype, shape }, i) => {
    const other = b[i] as Kind;
    return (
      dtype === other.dtype &&
      shape.length === other.shape.length &&
      shape.every((side, axis) => side === other.shape[axis])
    );
  });

function watched(): boolean {
  return tf.engine().state.profiling || tf.env().getBool('DEBUG');
}
