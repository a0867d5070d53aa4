import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { setKernels } from '../dispatch/choice.js';

/**
 * The backends to test beside 'cpu', the reference: the one of the engine that PIXELRNN_ENGINE (or its absence) picks,
 * and WASM, which runs everywhere.
 */
export async function loadBackends(): Promise<string[]> {
  await loadEngine({ quiet: true });
  const backends = new Set([tf.getBackend()]);
  const require = createRequire(import.meta.url);
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  await tf.setBackend('wasm');
  backends.add('wasm');
  await useCpu();
  backends.delete('cpu');
  return [...backends];
}

/** Makes the CPU backend the current one, without its advertisement on the first write. */
export async function useCpu(): Promise<void> {
  await tf.setBackend('cpu');
  (tf.backend() as tf.KernelBackend & { firstUse: boolean }).firstUse = false;
}

/** A tensor's shape and values, held by no backend. */
export interface Values {
  shape: number[];
  values: ArrayLike<number>;
  dtype: tf.DataType;
}

/** Runs `compute` on a backend with the choice of kernels given, and brings the results back. */
export function on(
  backend: string,
  kernels: 'fused' | 'composed',
  compute: () => tf.Tensor | tf.Tensor[],
): Values[] {
  if (!tf.setBackend(backend)) throw new Error(`cannot switch to the backend '${backend}'`);
  setKernels(kernels);
  try {
    const before = tf.memory().numTensors;
    const results = tf.tidy(() => compute());
    const tensors = Array.isArray(results) ? results : [results];
    const values = tensors.map((tensor) => ({
      shape: tensor.shape,
      values: tensor.dataSync(),
      dtype: tensor.dtype,
    }));
    tf.dispose(tensors);
    const left = tf.memory().numTensors - before;
    if (left !== 0) throw new Error(`${left} tensors are left over on '${backend}' with ${kernels} kernels`);
    return values;
  } finally {
    setKernels('auto');
    tf.setBackend('cpu');
  }
}

/** Largest difference from `expected`, relative to its largest absolute value, or to `leastScale` if that is larger. */
export function relativeDifference(actual: Values, expected: Values, leastScale = 1e-30): number {
  if (actual.shape.join() !== expected.shape.join()) {
    throw new Error(`shapes differ: [${actual.shape}] and [${expected.shape}]`);
  }
  let difference = 0;
  let scale = leastScale;
  for (let i = 0; i < expected.values.length; i++) {
    const distance = Math.abs((actual.values[i] as number) - (expected.values[i] as number));
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
    scale = Math.max(scale, Math.abs(expected.values[i] as number));
  }
  return difference / scale;
}

export function largest({ values }: Values): number {
  return Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}
