import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import type { BenchOptions, BenchResult } from './bench.js';
import { BenchError } from './benchError.js';
import { interleave } from './interleave.js';
import { busyNow, thisMachine } from './machine.js';
import { compute } from './mpiComputed.js';
import { type PaperPreset, paperPresets } from './mpiPresets.js';
import { formatMpi, type MpiReport } from './mpiReport.js';
import { type Command, Participant } from './participant.js';
import { type SharedArgument, threadsOf } from './participants.js';
import { mpiAnswerSchema, mpiReadySchema } from './protocol.js';
import { median } from './statistics.js';
import { sharedArgument } from './training.js';
import { pickWorks, trainingWorks, type Work } from './works.js';

const root = join(import.meta.dirname, '..');
const paces = {
  full: { rounds: 7, roundSeconds: 3, reductions: 200 },
  quick: { rounds: 2, roundSeconds: 0.3, reductions: 5 },
};
type Pace = (typeof paces)['full'];
const patience = 300;

export interface MpiOptions extends BenchOptions {
  /** Where mpi.json is written; default beside this file. */
  folder?: string;
  /** Default {@link trainingWorks}. */
  works?: readonly Work[];
  /** Default {@link paperPresets}. */
  presets?: () => PaperPreset[];
}

/**
 * Two ranks with one thread each against one rank with two, in turns, the time of the sum over ranks, and what follows from
 * both for the papers' sizes on more ranks. Writes mpi.json, but not with `--quick` or `--only`.
 *
 * @throws BenchError without mpirun, when a rank fails, or when no row has the name
 */
export async function benchMpi(options: MpiOptions): Promise<BenchResult> {
  const { quick = false, only, log } = options;
  const mpi = mpirunVersion();
  const works = pickWorks(options.works ?? trainingWorks, only);
  const busy = await busyNow(log);
  const images = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-'));
  const measured: Measured[] = [];
  try {
    for (const work of works) {
      log(work.name);
      measured.push(await measure(work, images, quick ? paces.quick : paces.full));
    }
  } finally {
    rmSync(images, { recursive: true, force: true });
  }
  const { engine, version: tensorflow, kernels, simd } = (measured[0] as Measured).ready;
  const machine = { ...thisMachine({ threads: 2, busy, tensorflow, simd, kernels }), mpi };
  const rows = measured.map(({ row }) => row);
  await loadEngine({ quiet: true });
  const computed = (options.presets ?? paperPresets)().flatMap((preset) => compute(preset, measured) ?? []);
  const report: MpiReport = { machine, engine, rows, computed };
  writeMpi(report, options);
  return { report, text: formatMpi(report), failures: [] };
}

/** Writes what was found to mpi.json, unless only a part was measured, or only to see that everything runs. */
export function writeMpi(report: MpiReport, { quick, only, log, folder }: MpiOptions): void {
  if (quick || only !== undefined) return;
  const file = join(folder ?? import.meta.dirname, 'mpi.json');
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  log(`Written: ${file}.`);
}

interface Measured {
  work: Work;
  row: MpiReport['rows'][number];
  ready: { engine: string; version: string; kernels: string; simd: number };
}

async function measure(work: Work, folder: string, pace: Pace): Promise<Measured> {
  const commands = {
    oneRank: rankCommand(sharedArgument(work, 2, folder), 1),
    twoRanks: rankCommand(sharedArgument(work, 1, folder), 2),
  };
  const participants: Participant[] = [];
  try {
    const started = new Map<
      keyof typeof commands,
      { ask: (seconds: object) => Promise<number>; ready: Ready }
    >();
    for (const [name, command] of Object.entries(commands)) {
      const participant = Participant.start(command);
      participants.push(participant);
      const { ready } = await participant.hear(mpiReadySchema, patience);
      const ask = async (request: object) =>
        (await participant.ask(request, mpiAnswerSchema, patience)).seconds;
      started.set(name as keyof typeof commands, { ask, ready });
    }
    const [one, two] = [started.get('oneRank'), started.get('twoRanks')];
    if (!one || !two) throw new Error('a participant was not started');
    const steps = Math.max(1, Math.round(pace.roundSeconds / (await one.ask({ steps: 1 }))));
    const rate = (ask: typeof one.ask) => async () => (steps * work.batch) / (await ask({ steps }));
    const outcomes = await interleave(
      new Map([['oneRank', rate(one.ask)] as const, ['twoRanks', rate(two.ask)] as const]),
      pace.rounds,
    );
    const [oneRank, twoRanks] = (['oneRank', 'twoRanks'] as const).map((name) => {
      const outcome = outcomes.get(name);
      if (outcome && 'results' in outcome) return outcome.results;
      throw new Error(outcome?.failure);
    }) as [number[], number[]];
    const seconds = (await two.ask({ reductions: pace.reductions })) / pace.reductions;
    const row: Measured['row'] = {
      work: work.name,
      unit: 'images/s',
      oneRank: median(oneRank),
      twoRanks: median(twoRanks),
      ratio: median(twoRanks) / median(oneRank),
      rounds: { oneRank, twoRanks },
      reduction: { bytes: 4 * one.ready.parameters, milliseconds: 1000 * seconds },
      gflops: ((median(oneRank) / work.batch) * one.ready.flopsPerStep) / 1e9,
    };
    return { work, row, ready: one.ready };
  } catch (error) {
    throw new BenchError(`${work.name}: ${(error as Error).message}`);
  } finally {
    for (const participant of participants) await participant.stop();
  }
}

type Ready = Measured['ready'] & { parameters: number; flopsPerStep: number };

/** Ranks that share two processors. */
function rankCommand(shared: SharedArgument, ranks: number): Command {
  const program = join(import.meta.dirname, 'ours', 'mpiRank.ts');
  const node = ['--conditions=@pixelrnn/source', '--import', 'tsx', program];
  const args = [...node, JSON.stringify({ ...shared, mode: 'ours' })];
  const env = {
    ...threadsOf(shared),
    OMPI_ALLOW_RUN_AS_ROOT: '1',
    OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  };
  const name = `${ranks} rank${ranks === 1 ? '' : 's'}`;
  if (ranks === 1) return { name, program: process.execPath, args, env, cwd: root };
  const launch = [
    // Two threads of one core are the two processors of some machines.
    ...['--oversubscribe', '--bind-to', 'core:overload-allowed'],
    // Containers forbid the copies between processes that vader would make.
    ...['--mca', 'btl_vader_single_copy_mechanism', 'none'],
    ...['-n', String(ranks)],
  ];
  return { name, program: 'mpirun', args: [...launch, process.execPath, ...args], env, cwd: root };
}

function mpirunVersion(): string {
  const { status, stdout } = spawnSync('mpirun', ['--version'], { encoding: 'utf8' });
  if (status === 0) return stdout.split('\n', 1)[0] as string;
  throw new BenchError(
    'There is no mpirun: install Open MPI (Debian: apt-get install libopenmpi-dev openmpi-bin), then pnpm engine install --mpi.',
  );
}
