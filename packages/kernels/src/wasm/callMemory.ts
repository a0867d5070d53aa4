import * as tf from '@tensorflow/tfjs';
import { type Address, structBytes, structs } from './kernelsHeader.js';
import { aligned } from './sideModule.js';
import type { WasmHeap } from './wasmHeap.js';

type Structs = typeof structs;

/** A value for each field of a struct; true is 1. */
type Values<Layout> = {
  readonly [Field in keyof Layout]: Layout[Field] extends number ? number | boolean : Values<Layout[Field]>;
};
interface Layout {
  readonly [field: string]: number | Layout;
}

/**
 * The memory of one call of an operation: outputs, which stay, and pieces that are given back when it ends.
 *
 * Errors name the operation.
 */
export class CallMemory {
  private readonly pieces: Address[] = [];

  constructor(
    private readonly heap: WasmHeap,
    private readonly operation: string,
  ) {}

  /** Bytes, aligned to 64. */
  space(bytes: number): Address {
    let address: Address;
    try {
      address = this.heap.allocate(bytes + 64);
    } catch (error) {
      throw new Error(`${this.operation}: ${(error as Error).message}`);
    }
    this.pieces.push(address);
    return aligned(address);
  }

  /** A list of int32 or addresses. */
  list(values: readonly number[]): Address {
    const address = this.space(4 * values.length);
    this.heap.integers(address).set(values);
    return address;
  }

  /** A struct of kernels.h. */
  struct<Name extends keyof Structs>(name: Name, values: Values<Structs[Name]>): Address {
    return this.array(name, [values]);
  }

  /** An array of structs. */
  array<Name extends keyof Structs>(name: Name, elements: readonly Values<Structs[Name]>[]): Address {
    const address = this.space(structBytes[name] * elements.length);
    elements.forEach((values, i) => {
      write(this.heap.integers(address + i * structBytes[name]), structs[name], values as Values<Layout>);
    });
    return address;
  }

  /**
   * New float32 tensors, whose values `run` writes; none are left where it throws. One without a shape is not wanted: its
   * address is null.
   *
   * @returns those that are wanted, in the order of the names
   */
  outputs<Name extends string>(
    shapes: Readonly<Record<Name, number[] | undefined>>,
    run: (addresses: Record<Name, Address>) => void,
  ): tf.TensorInfo[] {
    const wanted = Object.entries<number[] | undefined>(shapes).filter(([, shape]) => shape !== undefined);
    return this.outputList(
      wanted.map(([, shape]) => shape as number[]),
      (addresses) => {
        const named = wanted.map(([name], i) => [name, addresses[i] as Address]);
        const none = Object.keys(shapes).map((name) => [name, 0]);
        run({ ...Object.fromEntries(none), ...Object.fromEntries(named) });
      },
    );
  }

  /** The same without names. */
  outputList(shapes: readonly number[][], run: (addresses: Address[]) => void): tf.TensorInfo[] {
    const outputs: tf.TensorInfo[] = [];
    try {
      for (const shape of shapes) outputs.push(this.output(shape));
      run(outputs.map((output) => this.heap.address(output)));
      return outputs;
    } catch (error) {
      for (const output of outputs) this.heap.dispose(output);
      throw error;
    }
  }

  private output(shape: number[]): tf.TensorInfo {
    const output = this.heap.makeOutput(shape);
    if (this.heap.address(output) !== 0) return output;
    this.heap.dispose(output);
    throw new Error(`${this.operation}: the WASM heap has no ${4 * tf.util.sizeFromShape(shape)} bytes left`);
  }

  /** Gives the pieces back. */
  end(): void {
    for (const address of this.pieces) this.heap.free(address);
  }
}

/** Runs an operation with memory of its own. */
export function withMemory<Result>(
  heap: WasmHeap,
  operation: string,
  run: (memory: CallMemory) => Result,
): Result {
  const memory = new CallMemory(heap, operation);
  try {
    return run(memory);
  } finally {
    memory.end();
  }
}

function write(words: Int32Array, layout: Layout, values: Values<Layout>): void {
  for (const [field, at] of Object.entries(layout)) {
    const value = values[field];
    if (typeof at === 'number') words[at / 4] = Number(value);
    else write(words, at, value as Values<Layout>);
  }
}
