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
 * It writes down no end where it could not be put back, or the queue does not tell what has become of it: then it is lost,
 * unless Slurm has it still.
 *
 * @returns the exit code
 */
export async function stopTask(
  task: RunningTask,
  signals: TaskSignals,
  slurm: Slurm,
  { every, patience } = defaults,
): Promise<number> {
  const { submission, number, job, start, log } = task;
  const note = (end: TaskEndNote) => noteEnd(submission.folder, number, start.restart, end);
  const byTime = (signals.signal.reason as Stopped).by === 'USR2';
  const back = byTime ? await putBack(task, signals, slurm, every) : 'ending';
  if (back === 'requeued') {
    await note({ state: 'requeued' });
    log(`saved before the time is over: ${job} goes back into the queue`);
    return 0;
  }
  const ended = await fate(task, slurm, { every, patience });
  const state = ended === 'unanswered' ? null : (ended?.state ?? 'not in the queue any more');
  log(`saved; Slurm ends ${job}: ${state ?? 'the queue cannot be asked'}`);
  if (state === 'RUNNING') {
    const message = `stopped by SIGTERM, and not by Slurm, for which ${job} still runs.`;
    await note({ state: 'failed', message });
    log(`pnpm exp: ${message}`);
  } else if (isCancelled(submission.folder) || wasCancelled(task, signals, ended)) {
    await note({ state: 'cancelled' });
  } else if (state !== null && back !== 'refused') {
    await note({ state: 'stopped' });
  }
  return 143;
}

/**
 * Puts a task that runs back into the queue. A controller that does not answer, or refuses, is asked again until Slurm ends the
 * task.
 *
 * @returns `ending` where the task is ended otherwise, `refused` where that came after attempts that failed
 */
async function putBack(
  task: RunningTask,
  signals: TaskSignals,
  slurm: Slurm,
  every: number,
): Promise<'requeued' | 'ending' | 'refused'> {
  let otherwise: 'ending' | 'refused' = 'ending';
  while (!isCancelled(task.submission.folder) && !signals.terminated()) {
    try {
      const queued = await queuedTask(task, slurm);
      if (queued?.state !== 'RUNNING' || signals.terminated()) break;
      await slurm.requeue(task.job);
      return 'requeued';
    } catch (error) {
      otherwise = 'refused';
      task.log((error as Error).message);
      await setTimeout(every);
    }
  }
  return otherwise;
}

/** What the queue says of the task; undefined where it knows it no more. */
async function queuedTask({ job }: RunningTask, slurm: Slurm): Promise<QueuedTask | undefined> {
  const tasks = await slurm.queue();
  return tasks.find((queued) => `${queued.job}_${queued.task}` === job);
}

/** What the queue says first that is not RUNNING, or after all patience; `unanswered` where it does not answer then. */
async function fate(
  task: RunningTask,
  slurm: Slurm,
  { every, patience }: typeof defaults,
): Promise<QueuedTask | undefined | 'unanswered'> {
  for (let waited = 0; ; waited += every) {
    // A controller that restarts does not answer for a while.
    const found = await queuedTask(task, slurm).catch((error: Error) => {
      task.log(error.message);
      return 'unanswered' as const;
    });
    const over = found !== 'unanswered' && found?.state !== 'RUNNING';
    if (over || waited >= patience) return found;
    await setTimeout(every);
  }
}

/** One that is put back counts a restart more already while its process ends; one that is cancelled does not. */
function wasCancelled(
  { start }: RunningTask,
  { signal }: TaskSignals,
  ended: QueuedTask | undefined | 'unanswered',
): boolean {
  if (!ended || ended === 'unanswered') return false;
  if (ended.state === 'CANCELLED') return true;
  const byTerm = (signal.reason as Stopped).by === 'TERM';
  return byTerm && ended.state === 'COMPLETING' && ended.restarts === start.restart;
}
