import type { KernelSet, Unavailable } from '../kernelSet.js';

export function environmentVariable(name: string): string | undefined {
  return process.env[name];
}

export function nativeKernels(_backend: object): KernelSet | Unavailable {
  return { unavailable: 'x' };
}
