import { statfs } from 'node:fs/promises';
import { resolve } from 'node:path';
import { lockRunFolder } from '@pixelrnn/files';
import { findWeights } from '../runner/findWeights.js';
import { gridRuns, runFolderOf } from '../runner/grid.js';
import { notTrained } from '../runner/measureRow.js';
import { readResult } from '../runner/runFiles.js';
import { UsageError } from '../runner/usageError.js';
import { finishedWith } from './finished.js';
import type { Launched, Launcher, Work } from './launcher.js';
import type { Slurm } from './slurm.js';
import { SlurmError } from './slurmError.js';
import type { SlurmOptions } from './slurmOptions.js';
import {
  newSeries,
  readSubmissions,
  type Submission,
  type SubmissionFile,
  type SubmittedTask,
  slurmFolder,
} from './submission.js';
import { type NewSubmission, scriptOf, submit } from './submit.js';
import { taskStates } from './taskState.js';

/**
 * Submits what is not finished as one array job, and returns: `pnpm exp status` tells how it stands, `pnpm exp collect` fills
 * the tables.
 */
export function slurmLauncher(options: SlurmOptions, slurm: Slurm): Launcher {
  return {
    async launch(work): Promise<Launched> {
      const { experiment, ranks, log = console.error } = work.grid;
      if (ranks) throw new UsageError('--launcher slurm submits from one process: start it without MPI.');
      const out = resolve(work.grid.out);
      const queue = await slurm.queue(); // before anything is written: there may be no Slurm
      const lock = await lockRunFolder(slurmFolder(out, experiment.id));
      try {
        await warnOfMemory(out, log);
        const earlier = await readSubmissions(out, experiment.id);
        const tasks = await openTasks(work, log);
        await refuseLive(tasks, earlier, queue);
        if (tasks.length === 0) return { failures: [], submitted: null };
        const submitted = await submit(newSubmission(work, tasks, earlier, options), slurm);
        return { failures: [], submitted };
      } finally {
        await lock.release();
      }
    },
  };
}

/** The script that would be submitted now, and its tasks, a line each. Writes nothing and needs no Slurm. */
export async function previewSubmission(work: Work, options: SlurmOptions): Promise<string> {
  const lines: string[] = [];
  const tasks = await openTasks(work, (line) => lines.push(`# ${line}`));
  if (tasks.length === 0) return [...lines, '# nothing is left to run'].join('\n');
  const earlier = await readSubmissions(resolve(work.grid.out), work.grid.experiment.id);
  const script = scriptOf(newSubmission(work, tasks, earlier, options));
  const listed = tasks.map(({ row, seed }, i) => `# task ${i}: ${row}, seed ${seed}`);
  return [script, ...lines, ...listed].join('\n');
}

function newSubmission(
  { grid, asked, results }: Work,
  tasks: SubmittedTask[],
  earlier: readonly Submission[],
  options: SlurmOptions,
): NewSubmission {
  const last = earlier.at(-1);
  const file: SubmissionFile = {
    version: 1,
    series: last?.series ?? newSeries(),
    experiment: grid.experiment.id,
    preset: asked.preset,
    set: asked.set ?? {},
    out: resolve(grid.out),
    fresh: grid.fresh,
    options,
    tasks,
    ...(asked.rows && { rows: asked.rows }),
    ...(grid.dataDir !== undefined && { dataDir: resolve(grid.dataDir) }),
    ...(results !== undefined && { results: resolve(results) }),
  };
  return { file, number: (last?.number ?? 0) + 1 };
}

/** What is not finished yet, in the order of a local run. Rows that measure weights which are not there are left out. */
async function openTasks(
  { grid, closedForms, measures, results }: Work,
  log: (line: string) => void,
): Promise<SubmittedTask[]> {
  const { preset, fresh } = grid;
  const out = resolve(grid.out);
  const runs = [
    ...closedForms.map(({ row, data }) => ({ row, seed: 0, settings: { data } })),
    ...gridRuns(grid),
  ];
  const tasks: SubmittedTask[] = [];
  for (const { row, seed, settings } of runs) {
    const folder = runFolderOf({ ...grid, out }, { row, seed });
    if (!fresh && (await finishedWith(folder, { preset, row, settings }))) {
      log(`${row.label}, seed ${seed}: already done (${folder})`);
      continue;
    }
    // What --fresh throws away may be damaged.
    const hadResult = (await readResult(folder).catch(() => null)) !== null;
    tasks.push({ row: row.name, seed, resubmissions: 0, hadResult });
  }
  for (const { row, settings, named } of measures) {
    if (await findWeights(row.measure.weights, { out, preset, data: settings.data, results })) {
      const folder = runFolderOf({ ...grid, out }, { row, seed: 0 });
      const hadResult = (await readResult(folder)) !== null;
      tasks.push({ row: row.name, seed: 0, resubmissions: 0, hadResult });
      continue;
    }
    const message = notTrained(row, preset);
    if (named) throw new SlurmError(`${row.label}: ${message}`);
    log(`${row.label}: left out: ${message}`);
  }
  return tasks;
}

/** @throws SlurmError where one of the tasks runs or waits already */
async function refuseLive(
  tasks: readonly SubmittedTask[],
  earlier: readonly Submission[],
  queue: Awaited<ReturnType<Slurm['queue']>>,
): Promise<void> {
  for (const { ordered, submission, state } of await taskStates(earlier, queue, async () => false)) {
    const asked = tasks.some(({ row, seed }) => row === ordered.row && seed === ordered.seed);
    if (!asked || (state.state !== 'running' && state.state !== 'waiting')) continue;
    const { out, experiment } = submission;
    throw new SlurmError(
      `${ordered.row}, seed ${ordered.seed} ${state.state === 'running' ? 'runs' : 'waits'} already as ${state.job}, submitted before into ${out}: pnpm exp status ${experiment} --out ${out} tells how it stands, pnpm exp cancel ${experiment} --out ${out} ends it; or choose another --out.`,
    );
  }
}

const tmpfs = 0x01021994;

/** A file system in this machine's memory is seen by no other one. */
async function warnOfMemory(out: string, log: (line: string) => void): Promise<void> {
  if ((await statfs(out)).type !== tmpfs) return;
  log(
    `${out} is in the memory of this machine: no other one sees it. Choose an --out that all nodes share, unless this is the only one.`,
  );
}
