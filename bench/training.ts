import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@pixelrnn/random';
import { missingPeers, type SharedArgument } from './participants.js';
import type { PeerName, Report } from './report.js';
import { median } from './statistics.js';
import { measureWork, type Pace, type WorkResult } from './trainingRounds.js';
import { rmsProp, trainingWorks, type Work } from './works.js';

export interface BenchOptions {
  /** Fewer and shorter rounds: to see that everything runs, not to compare. */
  quick?: boolean;
  /** For one line of progress or warning at a time. */
  log: (line: string) => void;
}

export interface BenchResult {
  report: Report;
  /** Installed peers that failed, in one sentence each. */
  failures: string[];
}

const paces: Record<'full' | 'quick', Pace> = {
  full: { rounds: 7, roundSeconds: 3 },
  quick: { rounds: 3, roundSeconds: 1 },
};

/**
 * Images a second of whole training steps of PixelCNN: ours, PyTorch, torch.compile and JAX, interleaved.
 *
 * @throws BenchError when ours fails, or when a peer trains another number of parameters
 */
export async function benchTraining({ quick = false, log }: BenchOptions): Promise<BenchResult> {
  const loadAverage = loadavg()[0] ?? 0;
  const threads = availableParallelism();
  const missing = missingPeers();
  for (const reason of new Set(missing.values())) log(reason);
  if (loadAverage > 0.5)
    log(`The load of this machine is ${loadAverage.toFixed(2)}: other programs disturb the measurement.`);
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const results: WorkResult[] = [];
  try {
    for (const work of trainingWorks) {
      const shared = sharedArgument(work, threads, folder);
      const pace = quick ? paces.quick : paces.full;
      results.push(await measureWork(work, shared, { ...pace, missing: new Set(missing.keys()), log }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { engine, version, kernels, simd } = (results[0] as WorkResult).ours;
  const installed = (...names: PeerName[]) =>
    results.flatMap(({ versions }) => names.map((name) => versions[name])).find((found) => found) ?? null;
  const report: Report = {
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      threads,
      platform: `${process.platform}-${process.arch}`,
      node: process.versions.node,
      loadAverage,
      tensorflow: version,
      simd,
      kernels,
      matmulGflops: median(results.flatMap((result) => result.matmulGflops)),
      pytorch: installed('pytorch', 'torchCompile'),
      jax: installed('jax'),
    },
    engine,
    rows: results.map((result) => result.row),
  };
  return { report, failures: results.flatMap((result) => result.failures) };
}

/** What every participant is told of a work; its batch of random images is written to a file in `folder`. */
export function sharedArgument(work: Work, threads: number, folder: string, seed = 1): SharedArgument {
  const { name, ...size } = work;
  const random = new Random(seed).split('bench').split(name);
  const count = work.batch * work.height * work.width * work.colors;
  const images = join(folder, `${name.replaceAll(/\W+/g, '-')}.u8`);
  writeFileSync(
    images,
    Uint8Array.from({ length: count }, () => random.integer(work.levels)),
  );
  return { work: { ...size, ...rmsProp, seed }, images, threads };
}
