import type * as tf from '@tensorflow/tfjs';
import type { Address } from './kernelsHeader.js';
import type { Heap } from './sideModule.js';
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
  allocate(bytes: number): Address {
    const address = this.backend.wasm._malloc(bytes) >>> 0;
    if (address === 0) throw new Error(`the WASM heap has no ${bytes} bytes left`);
    return address;
  }

  free(address: Address): void {
    this.backend.wasm._free(address);
  }

  /** A new float32 tensor, whose address is null where memory is exhausted. */
  makeOutput(shape: number[]): tf.TensorInfo {
    return this.backend.makeOutput(shape, 'float32');
  }

  dispose({ dataId }: tf.TensorInfo): void {
    this.backend.disposeData(dataId);
  }

  /** Where a tensor's values lie; null for one that is not given. */
  address(tensor: tf.TensorInfo | undefined): Address {
    return tensor ? this.backend.dataIdMap.get(tensor.dataId).memoryOffset : 0;
  }

  /** The same for several, by name. */
  addresses<Name extends string>(
    tensors: Readonly<Record<Name, tf.TensorInfo | undefined>>,
  ): Record<Name, Address> {
    const entries = Object.entries<tf.TensorInfo | undefined>(tensors);
    const addresses = entries.map(([name, tensor]) => [name, this.address(tensor)]);
    return Object.fromEntries(addresses);
  }

  /** The memory from an address on, as int32, until the next allocation. */
  integers(address: Address): Int32Array {
    return new Int32Array(this.memory.buffer, address);
  }
}
