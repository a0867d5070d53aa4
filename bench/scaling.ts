import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { kernelsInUse } from '@pixelrnn/kernels';
import { writeFigure } from '@pixelrnn/plots';
import type { BenchOptions, BenchResult } from './bench.js';
import { BenchError } from './benchError.js';
import { interleave } from './interleave.js';
import { busyNow, formatMachine, thisMachine } from './machine.js';
import { type Trainer, trainer } from './ours/training.js';
import { scalingFigure } from './scalingFigure.js';
import type { ScalingReport, ScalingRow } from './scalingReport.js';
import { type ScalingWork, scalingWorks } from './scalingWorks.js';
import { median } from './statistics.js';
import { sharedArgument } from './training.js';
import { pickWorks } from './works.js';

interface Pace {
  rounds: number;
  roundSeconds: number;
}

const paces: Record<'full' | 'quick', Pace> = {
  full: { rounds: 5, roundSeconds: 0.15 },
  quick: { rounds: 2, roundSeconds: 0.02 },
};
const warmUpSteps = 2;

export interface ScalingOptions extends BenchOptions {
  /** Where scaling.json and scaling.png are written; default beside this file. */
  folder?: string;
}

/**
 * How the time of our training step grows with the image's side, h, depth and batch; writes scaling.json and scaling.png.
 * With `--quick` or `--only` nothing is written: the plot is of everything, measured well.
 *
 * @throws BenchError when no row has the name, or when a step fails
 */
export async function benchScaling(options: ScalingOptions): Promise<BenchResult> {
  const { quick = false, only, log, folder = import.meta.dirname } = options;
  const works = pickWorks(scalingWorks, only);
  const busy = await busyNow(log);
  const { engine, tensorflow, threads, simd } = await loadEngine({ quiet: true });
  const images = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const times = await millisecondsPerStep(works, images, {
    ...(quick ? paces.quick : paces.full),
    threads,
    log,
  }).finally(() => rmSync(images, { recursive: true, force: true }));
  const rows = works.map((work, i) => scalingRow(work, times[i] as number));
  const machine = thisMachine({ threads, busy, tensorflow, simd, kernels: kernelsInUse() });
  const report: ScalingReport = { machine, engine, rows };
  if (!quick && only === undefined) {
    writeFileSync(join(folder, 'scaling.json'), `${JSON.stringify(report, null, 1)}\n`);
    await writeFigure(scalingFigure(report), { png: join(folder, 'scaling.png') });
    log(`Written: ${join(folder, 'scaling.json')} and scaling.png.`);
  }
  const lines = rows.map(({ work, ours }) => `${work.padEnd(48)}${ours.toFixed(2).padStart(10)} ms/step`);
  const text = [...formatMachine(engine, machine, [`Node ${machine.node}`]), '', ...lines].join('\n');
  return { report, text, failures: [] };
}

interface MeasureOptions extends Pace {
  threads: number;
  log: (line: string) => void;
}

/** The median of the rounds of each work; a round goes through all of them, so that a disturbance hits one round of many. */
async function millisecondsPerStep(
  works: readonly ScalingWork[],
  folder: string,
  { rounds, roundSeconds, threads, log }: MeasureOptions,
): Promise<number[]> {
  const measures = new Map<string, (round: number) => Promise<number>>();
  const trainers: Trainer[] = [];
  try {
    for (const { side: _side, depth: _depth, ...work } of works) {
      const here = trainer({ ...sharedArgument(work, threads, folder), mode: 'ours' });
      trainers.push(here);
      const milliseconds = async (steps: number) => {
        const start = performance.now();
        await here.run(steps);
        return (performance.now() - start) / steps;
      };
      await here.run(warmUpSteps);
      const steps = Math.max(1, Math.round((1000 * roundSeconds) / (await milliseconds(1))));
      measures.set(work.name, () => milliseconds(steps));
    }
    log(`${works.length} rows, ${rounds} rounds`);
    const outcomes = await interleave(measures, rounds);
    return works.map(({ name }) => {
      const outcome = outcomes.get(name);
      if (outcome && 'results' in outcome) return median(outcome.results);
      throw new BenchError(`${name}: ${outcome?.failure}`);
    });
  } finally {
    for (const { dispose } of trainers) dispose();
  }
}

function scalingRow({ name, model, side, h, depth, batch }: ScalingWork, ours: number): ScalingRow {
  const peers = { pytorch: null, torchCompile: null, jax: null };
  return { work: name, unit: 'ms/step', ours, peers, ratio: null, model, side, h, depth, batch };
}
