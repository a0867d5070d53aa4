import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@pixelrnn/random';
import type { BenchOptions, BenchResult } from './bench.js';
import { busyNow, thisMachine } from './machine.js';
import { missingPeers, type SharedArgument } from './participants.js';
import { formatReport, type PeerName, type Report } from './report.js';
import { median } from './statistics.js';
import { measureWork, type Pace, type WorkResult } from './trainingRounds.js';
import { pickWorks, rmsProp, trainingWorks, type Work } from './works.js';

const paces: Record<'full' | 'quick', Pace> = {
  full: { rounds: 7, roundSeconds: 3, calibrationSteps: 2 },
  quick: { rounds: 3, roundSeconds: 0.5, calibrationSteps: 1 },
};

const notQuick = 'Left out by --quick: it compiles for minutes.';

/**
 * Images a second of whole training steps: ours, PyTorch, torch.compile and JAX, interleaved.
 *
 * @throws BenchError when ours fails, when a peer trains another number of parameters, or when no row has the name
 */
export async function benchTraining({ quick = false, only, log }: BenchOptions): Promise<BenchResult> {
  const works = pickWorks(trainingWorks, only);
  const busy = await busyNow(log);
  const threads = availableParallelism();
  const missing = missingPeers();
  for (const reason of new Set(missing.values())) log(reason);
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const results: WorkResult[] = [];
  try {
    for (const work of works) {
      const shared = sharedArgument(work, threads, folder);
      const pace = quick ? paces.quick : paces.full;
      const leftOut = new Map(missing);
      if (quick && (work.model === 'row' || work.model === 'diagonal') && !missing.has('torchCompile'))
        leftOut.set('torchCompile', notQuick);
      results.push(await measureWork(work, shared, { ...pace, missing: leftOut, log }));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const { engine, version, kernels, simd } = (results[0] as WorkResult).ours;
  const installed = (...names: PeerName[]) =>
    results.flatMap(({ versions }) => names.map((name) => versions[name])).find((found) => found) ?? null;
  const report: Report = {
    machine: {
      ...thisMachine({ threads, busy, tensorflow: version, simd, kernels }),
      matmulGflops: median(results.flatMap((result) => result.matmulGflops)),
      pytorch: installed('pytorch', 'torchCompile'),
      jax: installed('jax'),
    },
    engine,
    rows: results.map((result) => result.row),
  };
  return { report, text: formatReport(report), failures: results.flatMap((result) => result.failures) };
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
