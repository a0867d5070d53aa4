import * as tf from '@tensorflow/tfjs';
import type { Attributes, TensorflowBackend } from './tensorflowBackend.js';

/** Where a tensor comes from that no operation made. */
export type Source =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'constant'; readonly shape: number[]; readonly dtype: number; readonly values: Values }
  /** A tensor that was there before, such as a layer's mask. */
  | { readonly kind: 'outside'; readonly dataId: object };

type Values = Float32Array | Int32Array | Uint8Array;

/** Tensors are numbers, in the order in which they came up. */
export interface Operation {
  readonly name: string;
  readonly attributes: Attributes;
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
  readonly shapes: readonly number[][];
}

/** What a function of tensors had TensorFlow do. */
export interface Recording {
  /** Number of all tensors. */
  readonly count: number;
  readonly sources: readonly { readonly tensor: number; readonly source: Source }[];
  readonly operations: readonly Operation[];
  readonly results: readonly {
    readonly tensor: number;
    readonly shape: number[];
    readonly dtype: tf.DataType;
  }[];
}

export interface Recorded {
  results: tf.Tensor[];
  /** Undefined where the function did what cannot be done again without it: read or keep a tensor, or assign to a variable. */
  recording: Recording | undefined;
}

const hooked = ['executeSingleOutput', 'executeMultipleOutputs', 'move', 'read', 'readSync'] as const;
const recordingBackends = new WeakSet<object>();

/** Whether a function is being recorded; another one inside it is a part of it. */
export const isRecording = (backend: TensorflowBackend): boolean => recordingBackends.has(backend);

/** Calls `compute` and writes down the operations that it has TensorFlow do. */
export function record(
  backend: TensorflowBackend,
  inputs: readonly tf.Tensor[],
  compute: () => tf.Tensor[],
): Recorded {
  const recorder = new Recorder(backend, inputs);
  const variables = variableData();
  const before = hooked.map((name) => Object.getOwnPropertyDescriptor(backend, name));
  recordingBackends.add(backend);
  Object.assign(backend, recorder.hooks());
  let results: tf.Tensor[];
  try {
    results = compute();
  } finally {
    recordingBackends.delete(backend);
    hooked.forEach((name, i) => {
      const descriptor = before[i];
      if (descriptor) Object.defineProperty(backend, name, descriptor);
      else delete (backend as Partial<TensorflowBackend>)[name];
    });
  }
  const later = variableData();
  const assigned = later.size !== variables.size || [...later].some((dataId) => !variables.has(dataId));
  return { results, recording: assigned ? undefined : recorder.finish(results) };
}

/** The data of all variables: others where one was made, disposed or assigned to. */
const variableData = () =>
  new Set(Object.values(tf.engine().registeredVariables).map(({ dataId }) => dataId));

class Recorder {
  private readonly numbers = new Map<object, number>();
  private readonly made = new Set<number>();
  private readonly sources: { tensor: number; source: Source }[] = [];
  private readonly operations: Operation[] = [];
  private readonly written = new Set<object>();
  private readonly outputs: tf.Tensor[] = [];
  private repeatable = true;
  private count = 0;

  constructor(
    private readonly backend: TensorflowBackend,
    inputs: readonly tf.Tensor[],
  ) {
    for (const [index, { dataId }] of inputs.entries()) {
      if (!this.numbers.has(dataId)) this.add(dataId, { kind: 'input', index });
    }
  }

  hooks(): Partial<TensorflowBackend> {
    const { backend } = this;
    const executeSingleOutput = backend.executeSingleOutput.bind(backend);
    const executeMultipleOutputs = backend.executeMultipleOutputs.bind(backend);
    const move = backend.move.bind(backend);
    const read = backend.read.bind(backend);
    const readSync = backend.readSync.bind(backend);
    return {
      executeSingleOutput: (name, attributes, inputs) => {
        const output = executeSingleOutput(name, attributes, inputs);
        this.note(name, attributes, inputs, [output]);
        return output;
      },
      executeMultipleOutputs: (name, attributes, inputs, count) => {
        const outputs = executeMultipleOutputs(name, attributes, inputs, count);
        this.note(name, attributes, inputs, outputs);
        return outputs;
      },
      move: (dataId, ...data) => {
        this.written.add(dataId);
        move(dataId, ...data);
      },
      read: (dataId) => {
        this.repeatable = false;
        return read(dataId);
      },
      readSync: (dataId) => {
        this.repeatable = false;
        return readSync(dataId);
      },
    };
  }

  finish(results: readonly tf.Tensor[]): Recording | undefined {
    const tensors = results.map(({ dataId }) => this.numbers.get(dataId) ?? -1);
    // Each result is handed out with its memory, which therefore must be its own.
    const own = tensors.every((tensor, i) => this.made.has(tensor) && tensors.indexOf(tensor) === i);
    const kept = this.outputs.some((output) => output.kept);
    if (!this.repeatable || !own || kept) return undefined;
    const { count, sources, operations } = this;
    return {
      count,
      sources,
      operations,
      results: results.map(({ shape, dtype }, i) => ({ tensor: tensors[i] as number, shape, dtype })),
    };
  }

  private note(
    name: string,
    attributes: Attributes,
    inputs: tf.TensorInfo[],
    outputs: readonly tf.Tensor[],
  ): void {
    const numbers = inputs.map(({ dataId }) => this.numberOf(dataId));
    const made = outputs.map(({ dataId }) => this.add(dataId));
    for (const tensor of made) this.made.add(tensor);
    this.outputs.push(...outputs);
    const shapes = outputs.map(({ shape }) => shape.slice());
    this.operations.push({
      name,
      attributes: structuredClone(attributes),
      inputs: numbers,
      outputs: made,
      shapes,
    });
  }

  private numberOf(dataId: object | undefined): number {
    const known = dataId && this.numbers.get(dataId);
    if (known !== undefined) return known;
    if (!dataId || !this.backend.tensorMap.has(dataId)) {
      this.repeatable = false;
      return -1;
    }
    return this.add(dataId, this.written.has(dataId) ? this.constant(dataId) : { kind: 'outside', dataId });
  }

  private constant(dataId: object): Source {
    const [id] = this.backend.getInputTensorIds([{ dataId }]);
    const { shape, dtype } = this.backend.tensorMap.get(dataId);
    const values = this.backend.binding.tensorDataSync(id as number) as Values;
    this.repeatable &&= ArrayBuffer.isView(values);
    return { kind: 'constant', shape, dtype, values };
  }

  private add(dataId: object, source?: Source): number {
    const tensor = this.count++;
    this.numbers.set(dataId, tensor);
    if (source) this.sources.push({ tensor, source });
    return tensor;
  }
}
