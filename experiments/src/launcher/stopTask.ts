import { setTimeout } from 'node:timers/promises';
import type { QueuedTask } from './queue.js';
import type { RunningTask } from './runningTask.js';
import type { Slurm } from './slurm.js';
import { isCancelled } from './submission.js';
import { noteEnd, type TaskEndNote } from './taskNotes.js';
import type { Stopped, TaskSignals } from './taskSignals.js';

/** Milliseconds between two looks at the queue, and after which a SIGTERM was not Slurm's. */
const defaults = { every: 1000, patience: 10 * 60_000 };

/**
 * Ends a task that has saved what it has. Before its time is over it puts itself back into the queue, but never after a
 * SIGTERM: `scontrol requeue` would bring a cancelled job back to life. After that one it waits until the queue says what has
 * become of it: a process that ended before would count as failed, and would not be put back where it was only preempted.
 *
 * @returns the exit code
 * @throws SlurmError where it cannot be put back
 */
export async function stopTask(
  task: RunningTask,
  signals: TaskSignals,
  slurm: Slurm,
  { every, patience } = defaults,
): Promise<number> {
  const { submission, number, job, start, log } = task;
  const note = (end: TaskEndNote) => noteEnd(submission.folder, number, start.restart, end);
  const mayRequeue = async () =>
    (signals.signal.reason as Stopped).by === 'USR2' &&
    !isCancelled(submission.folder) &&
    (await queuedTask(task, slurm))?.state === 'RUNNING' &&
    !signals.terminated();
  if (await mayRequeue()) {
    log(`saved before the time is over: ${job} goes back into the queue`);
    await note({ state: 'requeued' });
    await slurm.requeue(job);
    return 0;
  }
  const ended = await fate(task, slurm, { every, patience });
  log(`saved; Slurm ends ${job}: ${ended?.state ?? 'not in the queue any more'}`);
  if (ended?.state === 'RUNNING') {
    const message = `stopped by SIGTERM, and not by Slurm, for which ${job} still runs.`;
    await note({ state: 'failed', message });
    log(`pnpm exp: ${message}`);
  } else {
    const cancelled = isCancelled(submission.folder) || wasCancelled(task, signals, ended);
    await note({ state: cancelled ? 'cancelled' : 'stopped' });
  }
  return 143;
}

/** What the queue says of the task; undefined where it knows it no more. */
async function queuedTask({ job }: RunningTask, slurm: Slurm): Promise<QueuedTask | undefined> {
  const tasks = await slurm.queue();
  return tasks.find((queued) => `${queued.job}_${queued.task}` === job);
}

/** The first state that is not RUNNING, or that after all patience. */
async function fate(
  task: RunningTask,
  slurm: Slurm,
  { every, patience }: typeof defaults,
): Promise<QueuedTask | { state: 'RUNNING' } | undefined> {
  for (let waited = 0; ; waited += every) {
    // A controller that restarts does not answer for a while.
    const found = await queuedTask(task, slurm).catch((error: Error) => {
      task.log(error.message);
      return { state: 'RUNNING' } as const;
    });
    if (found?.state !== 'RUNNING' || waited >= patience) return found;
    await setTimeout(every);
  }
}

/** One that is put back counts a restart more already while its process ends; one that is cancelled does not. */
function wasCancelled(
  { start }: RunningTask,
  { signal }: TaskSignals,
  ended: QueuedTask | { state: string } | undefined,
): boolean {
  if (ended?.state === 'CANCELLED') return true;
  if ((signal.reason as Stopped).by !== 'TERM' || !ended || !('restarts' in ended)) return false;
  return ended.state === 'COMPLETING' && ended.restarts === start.restart;
}
