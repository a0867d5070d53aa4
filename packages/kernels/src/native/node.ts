import { tensorflowInstallation } from '@pixelrnn/engine';
import type { Unavailable } from '../dispatch/kernelKind.js';
import { type FusedKernelSet, nativeKernelSet } from '../fused/kernelSets.js';
import { addonName, kernelsFolder } from './kernelsFolder.js';
import { loadAddon } from './loadAddon.js';
import { type TensorflowBackend, TensorflowOps } from './tensorflowBackend.js';

let threads: number | undefined;

/** Threads of the native kernels, once they are loaded. */
export function nativeThreads(): number | undefined {
  return threads;
}

/** A variable of the process's environment. */
export function environmentVariable(name: string): string | undefined {
  return process.env[name];
}

/**
 * The custom ops for TensorFlow's backend, loaded from the cache, or why there are none.
 *
 * @throws Error if PIXELRNN_THREADS is no number of threads
 */
export function nativeKernels(backend: object): FusedKernelSet | Unavailable {
  const tensorflow = backend as TensorflowBackend;
  if (tensorflow.isUsingGpuDevice) {
    return { unavailable: 'TensorFlow computes on a GPU, they on the processor' };
  }
  const installation = tensorflowInstallation();
  if (!installation) return { unavailable: 'this TensorFlow was not installed by `pnpm engine install`' };
  try {
    const addon = loadAddon(kernelsFolder(installation), addonName) as { threads: number } | null;
    if (!addon) {
      const unavailable = 'they are not built for this processor, run `pnpm engine install`';
      return { unavailable, repairable: true };
    }
    threads = addon.threads;
  } catch (error) {
    const { message } = error as Error;
    if (message.startsWith('PIXELRNN_THREADS')) throw error;
    const unavailable = `they do not load: ${message.split('\n', 1)[0]}, run \`pnpm engine install\``;
    return { unavailable, repairable: true };
  }
  return nativeKernelSet(new TensorflowOps(tensorflow));
}
