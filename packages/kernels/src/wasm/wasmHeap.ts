import * as tf from '@tensorflow/tfjs';
import { aligned, type Heap } from './sideModule.js';
import { type Memory, webAssembly } from './webAssembly.js';

/** What TensorFlow.js' WASM backend has beside the common interface. */
export interface WasmBackend extends tf.KernelBackend {
  readonly wasm: {
    /** The module's exports. */
    readonly asm: Record<string, unknown>;
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  readonly dataIdMap: { get(dataId: object): { memoryOffset: number } };
  makeOutput(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

/**
 * The memory of the WASM backend, in which its tensors lie. Memory may grow at any allocation, which replaces the
 * buffer but keeps addresses: views are made anew for each use.
 */
export class WasmHeap implements Heap {
  readonly memory: Memory;

  /** @throws Error where the backend's memory cannot be shared with a module of ours */
  constructor(private readonly backend: WasmBackend) {
    const memory = Object.values(backend.wasm.asm).find((value) => value instanceof webAssembly.Memory);
    if (!memory) throw new Error('the backend does not export its memory');
    this.memory = memory as Memory;
    if (!(this.memory.buffer instanceof ArrayBuffer)) {
      throw new Error('the backend runs threads, whose shared memory a module without threads cannot use');
    }
  }

  /** @throws Error where memory is exhausted */
  allocate(bytes: number): number {
    const address = this.backend.wasm._malloc(bytes) >>> 0;
    if (address === 0) throw new Error(`the WASM heap has no ${bytes} bytes left`);
    return address;
  }

  /** Lends `bytes` bytes, aligned to 64, to `run`. */
  withSpace<Result>(operation: string, bytes: number, run: (address: number) => Result): Result {
    let address: number;
    try {
      address = this.allocate(bytes + 64);
    } catch (error) {
      throw new Error(`${operation}: ${(error as Error).message}`);
    }
    try {
      return run(aligned(address));
    } finally {
      this.backend.wasm._free(address);
    }
  }

  /** New float32 tensors, whose values `run` writes; none are left where it throws. */
  withOutputs(
    operation: string,
    shapes: readonly number[][],
    run: (addresses: number[]) => void,
  ): tf.TensorInfo[] {
    const outputs: tf.TensorInfo[] = [];
    try {
      for (const shape of shapes) outputs.push(this.output(operation, shape));
      run(this.addresses(...outputs));
      return outputs;
    } catch (error) {
      for (const { dataId } of outputs) this.backend.disposeData(dataId);
      throw error;
    }
  }

  private output(operation: string, shape: number[]): tf.TensorInfo {
    const output = this.backend.makeOutput(shape, 'float32');
    if (this.addresses(output)[0] !== 0) return output;
    this.backend.disposeData(output.dataId);
    throw new Error(`${operation}: the WASM heap has no ${4 * tf.util.sizeFromShape(shape)} bytes left`);
  }

  /** Where tensors' values lie; null, 0, for one that is not given. */
  addresses(...tensors: (tf.TensorInfo | undefined)[]): number[] {
    return tensors.map((tensor) => (tensor ? this.backend.dataIdMap.get(tensor.dataId).memoryOffset : 0));
  }

  /** The memory from an address on, as int32, until the next allocation. */
  integers(address: number): Int32Array {
    return new Int32Array(this.memory.buffer, address);
  }
}
