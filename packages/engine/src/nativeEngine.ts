import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs';
import type { LoadedEngine } from './chain.js';
import { EngineError } from './engineError.js';
import { tfjsNodePackage } from './install/folders.js';
import { hasNvidiaDriver, platformFacts, unsupportedReason } from './install/platform.js';
import { requireTfjsNode } from './requireTfjsNode.js';
import { findInstallation, setUsedInstallation, usedInstallation } from './tensorflowInstallation.js';
import { vectorWidth } from './vectorWidth.js';
import { withoutGpus } from './withoutGpus.js';

/** What the backend of tfjs-node has beside the common interface. */
interface NativeBackend extends tf.KernelBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string };
}

/** What TensorFlow and CUDA read from the environment when they start; who sets one of them gets what it says. */
const cudaDefaults = {
  NVIDIA_TF32_OVERRIDE: '0', // whole float32, as everywhere else: TF32 multiplies with 10 bits of mantissa
  TF_DETERMINISTIC_OPS: '1', // the same bits every time, as far as TensorFlow sees to it
  TF_FORCE_GPU_ALLOW_GROWTH: 'true', // memory as it is needed, so that several processes share a GPU
};

/** TensorFlow on NVIDIA's GPUs, through @tensorflow/tfjs-node-gpu. */
export async function loadGpuEngine(): Promise<LoadedEngine> {
  if (!hasNvidiaDriver()) throw new EngineError('this machine has no NVIDIA driver');
  const unset = Object.entries(cudaDefaults).filter(([name]) => process.env[name] === undefined);
  for (const [name, value] of unset) process.env[name] = value; // for good: CUDA's libraries read them when they are first used
  try {
    const backend = await loadNative(true);
    if (!backend.isUsingGpuDevice) throw new EngineError('TensorFlow finds no GPU that it can use');
    return describe(backend);
  } catch (error) {
    for (const [name] of unset) delete process.env[name];
    throw error;
  }
}

/** TensorFlow on the processor, through @tensorflow/tfjs-node. */
export async function loadNodeEngine(): Promise<LoadedEngine> {
  if (usedInstallation()) {
    // The build with CUDA found no GPU: it computes on the processor, and a process holds one libtensorflow only.
    return describe(await useBackend());
  }
  if (findInstallation(false) || !findInstallation(true)) return describe(await loadNative(false));
  return describe(await withoutGpus(() => loadNative(true)));
}

async function loadNative(gpu: boolean): Promise<NativeBackend> {
  const installation = findInstallation(gpu);
  if (!installation) {
    const unsupported = unsupportedReason(platformFacts());
    throw new EngineError(unsupported ?? `TensorFlow${gpu ? ' with CUDA' : ''} is not installed`);
  }
  const tfjsNode = tfjsNodePackage(gpu);
  if (!tfjsNode) throw new EngineError('the npm package of TensorFlow.js for Node is not installed');
  // TensorFlow's remarks on the processor are of no use, errors (level 2) are; who sets a level gets what it says.
  const quiet = process.env.TF_CPP_MIN_LOG_LEVEL === undefined;
  if (quiet) process.env.TF_CPP_MIN_LOG_LEVEL = '2';
  requireTfjsNode(tfjsNode.name, installation.addon, quiet ? installation.quiet : undefined);
  setUsedInstallation(installation);
  return useBackend();
}

async function useBackend(): Promise<NativeBackend> {
  if (!tf.findBackend('tensorflow')) {
    throw new EngineError(
      'two copies of TensorFlow.js are installed, and tfjs-node registered with the other one',
    );
  }
  if (!(await tf.setBackend('tensorflow')))
    throw new EngineError("TensorFlow.js refused its 'tensorflow' backend");
  await tf.ready();
  return tf.backend() as NativeBackend;
}

function describe({ binding }: NativeBackend): LoadedEngine {
  const limit = Number(process.env.TF_NUM_INTRAOP_THREADS);
  const threads = Number.isInteger(limit) && limit > 0 ? limit : availableParallelism();
  return { tensorflow: binding.TF_Version, threads, simd: vectorWidth() };
}
