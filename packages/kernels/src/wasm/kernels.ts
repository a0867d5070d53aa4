import type { KernelSet, Unavailable } from '../kernelSet.js';

export function wasmKernels(_backend: object): KernelSet | Unavailable {
  return { unavailable: 'x' };
}
