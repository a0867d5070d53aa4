import * as tf from '@tensorflow/tfjs';
import { kernelsInUse, whyComposed } from '../dispatch/choice.js';
import { loadBackends } from './backends.js';

/** The backends of {@link loadBackends} that have fused kernels; WASM must be among them. */
export async function loadFusedBackends(): Promise<string[]> {
  const fused: string[] = [];
  for (const backend of await loadBackends()) {
    await tf.setBackend(backend);
    if (whyComposed() === null) fused.push(backend);
    else if (backend === 'wasm') throw new Error(`${whyComposed()}`);
    else console.warn(`Not tested on '${backend}', which runs ${kernelsInUse()} kernels: ${whyComposed()}`);
  }
  await tf.setBackend('cpu');
  return fused;
}
