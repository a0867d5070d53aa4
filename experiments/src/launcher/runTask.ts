import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { lockRunFolder } from '@pixelrnn/files';
import { checkpointOf } from '../runner/checkpointOf.js';
import { discardRun } from '../runner/runFiles.js';
import { type RunningTask, taskOf } from './runningTask.js';
import type { Slurm } from './slurm.js';
import { SlurmError } from './slurmError.js';
import { stopTask } from './stopTask.js';
import { isDiscardDue, markDiscarded } from './submission.js';
import { noteEnd, noteStart, readNotes, type TaskStartNote } from './taskNotes.js';
import type { TaskSignals } from './taskSignals.js';
import { workOnTask } from './workOnTask.js';

/**
 * Runs a task of a submission in its run folder, whatever was done there by earlier starts of it, and writes down how it ended.
 *
 * @param folder of the submission
 * @returns the exit code
 * @throws SlurmError where Slurm or the folder does not tell what to do
 */
export async function runTask(folder: string, signals: TaskSignals, slurm: Slurm): Promise<number> {
  const task = await taskOf(folder, process.env);
  const { number, ordered, start, log } = task;
  const name = `${ordered.row}, seed ${ordered.seed}`;
  const begun = await beginning(task);
  log(`${name}: task ${task.job} on ${hostname()}, restart ${start.restart}, from step ${begun.step}`);
  await noteStart(folder, number, start.restart, begun);
  try {
    refuseStalled(task, begun);
    await discardOnce(task);
    await workOnTask(task, signals.signal);
    await noteEnd(folder, number, start.restart, { state: 'done' });
    return 0;
  } catch (error) {
    const failed = async ({ message }: Error) => {
      log(`pnpm exp: ${name}: ${message}`);
      await noteEnd(folder, number, start.restart, { state: 'failed', message });
      return 1;
    };
    if (error !== signals.signal.reason) return failed(error as Error);
    return stopTask(task, signals, slurm).catch(failed);
  }
}

/** Where it resumes from, and whether earlier starts got anywhere. */
async function beginning({ submission, number, job, start, runFolder }: RunningTask): Promise<TaskStartNote> {
  // Where no checkpoint can be read, training says so.
  const checkpoint = await checkpointOf(runFolder).catch(() => null);
  const step = isDiscardDue(submission, number) ? 0 : (checkpoint?.step ?? 0);
  const before = (await readNotes(submission.folder)).get(number);
  const again = before && before.restart < start.restart && before.start.step === step;
  return { host: hostname(), job, step, stalled: again ? before.start.stalled + 1 : 0 };
}

function refuseStalled({ submission: { options, folder } }: RunningTask, { stalled, step }: TaskStartNote) {
  if (stalled <= options.maxRestarts) return;
  throw new SlurmError(
    `it was started ${stalled} times in a row without getting further than step ${step}: give it more time (--time, --signal-before) or memory (--sbatch mem=...), or raise --max-restarts; ${folder} has its logs.`,
  );
}

/** What `--fresh` throws away, at the first start that gets so far and never again. */
async function discardOnce({ submission, number, start, runFolder }: RunningTask): Promise<void> {
  if (!isDiscardDue(submission, number)) return;
  await mkdir(runFolder, { recursive: true });
  const lock = await lockRunFolder(runFolder, start);
  try {
    await discardRun(runFolder);
    await markDiscarded(submission.folder, number, lock);
  } finally {
    await lock.release();
  }
}
