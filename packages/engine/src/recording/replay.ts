import * as tf from '@tensorflow/tfjs';
import type { Operation, Recording } from './recording.js';
import { sameShape } from './sameShape.js';
import type { TensorflowBackend } from './tensorflowBackend.js';

/** Operations whose outputs follow from their inputs alone: of constants they are worked out once. */
const pure = new Set(['AddV2', 'Cast', 'Fill', 'Mul', 'Neg', 'RealDiv', 'Reshape', 'Sub', 'Tile']);

interface Step extends Operation {
  /** Tensors that nothing needs after it. */
  free: number[];
}

const deleteTensors = new FinalizationRegistry<{ ids: number[]; backend: TensorflowBackend }>(
  ({ ids, backend }) => {
    for (const id of ids) backend.binding.deleteTensor(id);
  },
);

/** Does again what was recorded, without TensorFlow.js between the operations. */
export class Replay {
  /** TensorFlow's numbers of the constants, by tensor; holes elsewhere. */
  private readonly constants: number[] = [];
  private readonly owned: number[] = [];
  private readonly steps: Step[];

  constructor(
    private readonly backend: TensorflowBackend,
    readonly recording: Recording,
  ) {
    const { binding } = backend;
    deleteTensors.register(this, { ids: this.owned, backend }, this);
    const keep = (tensor: number, id: number) => {
      this.constants[tensor] = id;
      this.owned.push(id);
    };
    for (const { tensor, source } of recording.sources) {
      if (source.kind !== 'constant') continue;
      keep(tensor, binding.createTensor(source.shape, source.dtype, source.values));
    }
    const results = new Set(recording.results.map(({ tensor }) => tensor));
    const remaining: Operation[] = [];
    for (const operation of recording.operations) {
      const { name, attributes, inputs, outputs } = operation;
      const given = inputs.map((tensor) => this.constants[tensor]);
      const constant = given.every((id): id is number => id !== undefined);
      if (pure.has(name) && constant && !outputs.some((tensor) => results.has(tensor))) {
        const made = binding.executeOp(name, attributes, given, outputs.length);
        outputs.forEach((tensor, i) => {
          keep(tensor, (made[i] as { id: number }).id);
        });
      } else {
        remaining.push(operation);
      }
    }
    this.steps = withLastUses(remaining, results);
  }

  dispose(): void {
    deleteTensors.unregister(this);
    for (const id of this.owned) this.backend.binding.deleteTensor(id);
  }

  /**
   * The results for other inputs; undefined where a tensor that the function used is gone, or where an output has another
   * shape, which depends on values then.
   */
  run(inputs: readonly tf.Tensor[]): tf.Tensor[] | undefined {
    const { binding, tensorMap } = this.backend;
    const ids = this.constants.slice();
    for (const { tensor, source } of this.recording.sources) {
      if (source.kind === 'constant') continue;
      const given = source.kind === 'input' ? (inputs[source.index] as tf.Tensor) : source;
      if (!tensorMap.has(given.dataId)) return undefined;
      [ids[tensor]] = this.backend.getInputTensorIds([given]) as [number];
    }
    const made = new Set<number>();
    const deleteMade = () => {
      for (const id of made) binding.deleteTensor(id);
    };
    try {
      for (const { name, attributes, inputs: from, outputs, shapes, free } of this.steps) {
        const given = from.map((tensor) => ids[tensor] as number);
        const results = binding.executeOp(name, attributes, given, outputs.length);
        for (let i = 0; i < outputs.length; i++) {
          const { id } = results[i] as { id: number };
          ids[outputs[i] as number] = id;
          made.add(id);
        }
        if (!results.every(({ shape }, i) => sameShape(shape, shapes[i] as number[]))) {
          deleteMade();
          return undefined;
        }
        for (const tensor of free) {
          binding.deleteTensor(ids[tensor] as number);
          made.delete(ids[tensor] as number);
        }
      }
    } catch (error) {
      deleteMade();
      throw error;
    }
    return this.recording.results.map(({ tensor, shape, dtype }) => {
      const dataId = {};
      const data = { shape, dtype: this.typeOf(dtype), id: ids[tensor] as number, values: null, refCount: 1 };
      tensorMap.set(dataId, data);
      return tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype });
    });
  }

  private typeOf(dtype: tf.DataType): number {
    return this.backend.getDTypeInteger(dtype);
  }
}

function withLastUses(operations: readonly Operation[], results: ReadonlySet<number>): Step[] {
  const made = new Set(operations.flatMap(({ outputs }) => outputs));
  const lastUse = new Map<number, number>();
  for (const [i, { inputs, outputs }] of operations.entries()) {
    for (const tensor of [...inputs, ...outputs]) lastUse.set(tensor, i);
  }
  const steps = operations.map((operation): Step => ({ ...operation, free: [] }));
  for (const [tensor, last] of lastUse) {
    if (made.has(tensor) && !results.has(tensor)) steps[last]?.free.push(tensor);
  }
  return steps;
}
