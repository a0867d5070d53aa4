import * as tf from '@tensorflow/tfjs';
import type { LoadedEngine } from './chain.js';

/** Plain JavaScript: runs wherever Node does. */
export async function loadCpuEngine(): Promise<LoadedEngine> {
  if (!(await tf.setBackend('cpu'))) throw new Error("TensorFlow.js refused its 'cpu' backend");
  await tf.ready();
  // The backend advertises tfjs-node on its first write; the engine's own line already says what runs and why.
  (tf.backend() as tf.KernelBackend & { firstUse: boolean }).firstUse = false;
  return { tensorflow: tf.version_core, threads: 1, simd: 1 };
}
