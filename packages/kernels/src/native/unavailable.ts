import type { Unavailable } from '../dispatch/kernelKind.js';

/** Outside Node there is no environment to read. */
export function environmentVariable(_name: string): string | undefined {
  return undefined;
}

/** Outside Node there is no TensorFlow library to load kernels into. */
export function nativeKernels(_backend: object): Unavailable {
  return { unavailable: 'they need Node' };
}
