import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { LoadedEngine } from './chain.js';

const require = createRequire(import.meta.url);

/** WebAssembly: SIMD where the processor has it, one thread (the backend has no threads under Node). */
export async function loadWasmEngine(): Promise<LoadedEngine> {
  const wasm: typeof import('@tensorflow/tfjs-backend-wasm') = require('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
  if (!(await tf.setBackend('wasm'))) throw new Error('the WebAssembly module does not start');
  await tf.ready();
  const simd = await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT');
  return { tensorflow: tf.version_core, threads: 1, simd: simd ? 4 : 1 };
}
