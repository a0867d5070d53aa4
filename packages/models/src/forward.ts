import * as tf from '@tensorflow/tfjs';
import { outputsBeside } from './outputsBeside.js';

export interface ForwardOptions {
  /** Whether layers behave as in training, and all that lies between them is kept for the gradients; default false. */
  training?: boolean;
}

/**
 * What `model.apply(inputs)` gives, with every layer evaluated once. TensorFlow.js 4.22 evaluates a layer once for each of its
 * outputs: those of Gated PixelCNN, which have two, would go forward twice, a fifth of a training step for nothing.
 *
 * @param model of one output
 * @param inputs one tensor for each of the model's inputs, in their order
 * @returns the output, in the caller's `tf.tidy`
 * @throws Error where the model has several outputs, or inputs of another number or shape; what a layer throws
 */
export function forward(
  model: tf.LayersModel,
  inputs: tf.Tensor | readonly tf.Tensor[],
  { training = false }: ForwardOptions = {},
): tf.Tensor {
  const given = inputs instanceof tf.Tensor ? [inputs] : inputs;
  const [output] = model.outputs;
  if (!output || model.outputs.length > 1) {
    throw new Error(`forward: expected a model of one output, got ${model.outputs.length} of ${model.name}`);
  }
  if (given.length !== model.inputs.length) {
    throw new Error(`forward: expected ${model.inputs.length} inputs of ${model.name}, got ${given.length}`);
  }
  model.inputs.forEach((input, i) => {
    checkShape(model, input, given[i] as tf.Tensor);
  });
  return tf.tidy(() => new Pass(model, given, training).valueOf(output));
}

function checkShape(
  { name: model }: tf.LayersModel,
  { name, shape }: tf.SymbolicTensor,
  given: tf.Tensor,
): void {
  const got = given instanceof tf.Tensor ? given.shape : null;
  if (got?.length === shape.length && shape.every((size, i) => size === null || size === got[i])) return;
  const expected = shape.map((size, i) => size ?? (i === 0 ? 'B' : 'any'));
  throw new Error(
    `forward: expected [${expected}] of input '${name}' of ${model}, got ${got ? `[${got}]` : 'no tensor'}`,
  );
}

/** One evaluation of a model. */
class Pass {
  private readonly values = new Map<tf.SymbolicTensor, tf.Tensor>();
  /** How many applications of layers are still to read a tensor; of the model's inputs nothing is known. */
  private readonly readers = new Map<tf.SymbolicTensor, number>();

  constructor(
    { inputs, outputs }: tf.LayersModel,
    given: readonly tf.Tensor[],
    private readonly training: boolean,
  ) {
    inputs.forEach((symbolic, i) => {
      this.values.set(symbolic, given[i] as tf.Tensor);
    });
    if (!training) this.countReaders(outputs[0] as tf.SymbolicTensor, new Set(inputs));
  }

  valueOf(tensor: tf.SymbolicTensor): tf.Tensor {
    const known = this.values.get(tensor);
    if (known) return known;
    const inputs = tensor.inputs.map((input) => this.valueOf(input));
    const made = this.apply(tensor.sourceLayer, inputs);
    outputsBeside(tensor).forEach((output, i) => {
      this.values.set(output, made[i] as tf.Tensor);
    });
    for (const input of new Set(tensor.inputs)) this.release(input);
    return this.values.get(tensor) as tf.Tensor;
  }

  private apply(layer: tf.layers.Layer, inputs: tf.Tensor[]): tf.Tensor[] {
    const { training } = this;
    const graph = layer instanceof tf.LayersModel && !(layer instanceof tf.Sequential);
    if (graph && layer.outputs.length === 1) return [forward(layer, inputs, { training })];
    const outputs = layer.apply(inputs, { training }) as tf.Tensor | tf.Tensor[];
    return Array.isArray(outputs) ? outputs : [outputs];
  }

  private countReaders(tensor: tf.SymbolicTensor, counted: Set<tf.SymbolicTensor>): void {
    if (counted.has(tensor)) return;
    for (const output of outputsBeside(tensor)) counted.add(output);
    for (const input of new Set(tensor.inputs)) {
      if (!this.values.has(input)) this.readers.set(input, (this.readers.get(input) ?? 0) + 1);
      this.countReaders(input, counted);
    }
  }

  /** One reader less; the last one leaves nothing behind. */
  private release(tensor: tf.SymbolicTensor): void {
    const readers = this.readers.get(tensor);
    if (readers === undefined) return;
    this.readers.set(tensor, readers - 1);
    if (readers === 1 && tensor.sourceLayer.stateful !== true) this.values.get(tensor)?.dispose();
  }
}
