import type { Unavailable } from '../dispatch/kernelKind.js';
import { type FusedKernelSet, wasmKernelSet } from '../fused/kernelSets.js';
import { startKernels } from './sideModule.js';
import { type WasmBackend, WasmHeap } from './wasmHeap.js';

/** The operations as WebAssembly on the heap of TensorFlow.js' WASM backend, or why there are none. */
export function wasmKernels(backend: object): FusedKernelSet | Unavailable {
  try {
    const heap = new WasmHeap(backend as WasmBackend);
    return wasmKernelSet(heap, startKernels(heap));
  } catch (error) {
    return { unavailable: `they do not start: ${(error as Error).message}` };
  }
}
