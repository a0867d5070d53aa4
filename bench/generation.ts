import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import type { BenchOptions, BenchResult } from './bench.js';
import { type CompressionPace, measureCompression } from './compression.js';
import { formatGenerationReport, type GenerationReport } from './generationReport.js';
import { type GenerationPace, measureGeneration } from './generationRounds.js';
import { generationWorks } from './generationWorks.js';
import { busyNow, thisMachine } from './machine.js';
import { missingPeers } from './participants.js';
import { median } from './statistics.js';
import { sharedArgument } from './training.js';
import { pickWorks } from './works.js';

const paces: Record<'full' | 'quick', GenerationPace & CompressionPace> = {
  full: { rounds: 5, positions: 100, steps: 1500, images: 2000 },
  quick: { rounds: 1, positions: 2, steps: 20, images: 100 },
};

/**
 * Images a second of sampling: ours, native and WebAssembly, our loop over the whole network and PyTorch's, in turns; and
 * bits/dim of compression beside other formats.
 *
 * @throws BenchError when ours fails, when PyTorch's model is another, or when no row has the name
 */
export async function benchGeneration({ quick = false, only, log }: BenchOptions): Promise<BenchResult> {
  const works = pickWorks(generationWorks, only);
  const busy = await busyNow(log);
  const noPeer = missingPeers().get('pytorch') ?? null;
  if (noPeer) log(noPeer);
  const { engine, tensorflow, simd } = await loadEngine({ quiet: true });
  const threads = availableParallelism();
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const pace = quick ? paces.quick : paces.full;
  const results = [];
  try {
    for (const work of works) {
      const { peers: _, ...plain } = work;
      results.push(
        await measureGeneration(work, sharedArgument(plain, threads, folder), {
          ...pace,
          engine,
          noPeer,
          log,
        }),
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  log('compression');
  const compression = await measureCompression(pace);
  const machine = thisMachine({ threads, busy, tensorflow, simd, kernels: kernelsInUse() });
  const report: GenerationReport = {
    machine: {
      ...machine,
      matmulGflops: median(results.flatMap(({ matmulGflops }) => matmulGflops)),
      pytorch: results.map(({ pytorch }) => pytorch).find((version) => version !== null) ?? null,
    },
    engine,
    rows: results.map(({ row }) => row),
    compression,
  };
  return {
    report,
    text: formatGenerationReport(report),
    failures: results.flatMap(({ failures }) => failures),
  };
}
