import type { LoadedEngine } from './chain.js';

export async function loadNativeEngine(engine: 'gpu' | 'node'): Promise<LoadedEngine> {
  throw new Error(`no TensorFlow for the engine '${engine}' is installed`);
}
