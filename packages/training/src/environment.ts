import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import { type EngineInfo, gpuModels } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';

export interface Environment {
  engine: string;
  tensorflow: string;
  threads: number;
  simd: number;
  /** Which form of our own operations ran: the same bits come from the same form, engine and threads only. */
  kernels: string;
  tfjs: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  /** Models of the machine's GPUs, where the engine is `gpu`. */
  gpus?: string[];
  /** Processes that trained together, where there were several. */
  ranks?: number;
  /** {@link commit} */
  commit: string | null;
  data: Record<string, string>;
}

/** What a run ran on: engine, versions, processor, commit, checksums of its data. */
export function environment(engine: EngineInfo, data: Record<string, string>, ranks = 1): Environment {
  return {
    engine: engine.engine,
    tensorflow: engine.tensorflow,
    threads: engine.threads,
    simd: engine.simd,
    kernels: kernelsInUse(),
    tfjs: tf.version.tfjs,
    node: process.version,
    platform: `${process.platform}-${process.arch}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    ...(engine.engine === 'gpu' && { gpus: gpuModels() }),
    ...(ranks > 1 && { ranks }),
    commit: commit(),
    data,
  };
}

/** The checkout's commit, with `-dirty` where it was changed; null outside a git checkout. */
export function commit(): string | null {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: import.meta.dirname,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }).trim();
    return git('rev-parse', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '-dirty' : '');
  } catch {
    return null; // no git, or no checkout
  }
}
