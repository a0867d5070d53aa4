import { livenessOf, type QueuedTask } from './queue.js';
import { isCancelled, isDiscardDue, jobName, type Submission, type SubmittedTask } from './submission.js';
import { readNotes, type TaskNotes } from './taskNotes.js';

/** How a submitted task stands. */
export type TaskState =
  | { state: 'done' }
  | { state: 'running'; job: string; nodes: string; restarts: number }
  | { state: 'waiting'; job: string; reason: string; restarts: number }
  | { state: 'failed'; message: string }
  | { state: 'cancelled' }
  /** It ran, is gone from the queue, and has said nothing: killed, or its node died. */
  | { state: 'lost'; why: string }
  /** It waited and is gone from the queue: cancelled by somebody, or forgotten by a controller that lost its state. */
  | { state: 'gone' }
  /** The queue could not be asked. */
  | { state: 'unknown' };

export interface KnownOfTask {
  /** What squeue says; null: nothing, undefined: it could not be asked. */
  queued: QueuedTask | null | undefined;
  /** What the task has written down of its last start. */
  notes: TaskNotes | undefined;
  /** Whether the submission was cancelled. */
  cancelled: boolean;
  /** Whether there is a result, and whether it may be one that was there before. */
  hasResult: boolean;
  hadResult: boolean;
}

/**
 * How a task stands. Its own word and its result come first, the queue is only asked whether it is alive; what is neither
 * there nor in the queue is lost.
 */
export function taskState({ queued, notes, cancelled, hasResult, hadResult }: KnownOfTask): TaskState {
  const end = notes?.end ?? null;
  const liveness = queued ? livenessOf(queued.state) : 'over';
  const again = liveness !== 'over' && queued && notes && queued.restarts > notes.restart;
  if (!again && end?.state === 'done') return { state: 'done' };
  if (!again && end?.state === 'failed') return { state: 'failed', message: end.message ?? '' };
  if (!again && end?.state === 'cancelled') return { state: 'cancelled' };
  if (queued && liveness !== 'over') {
    const job = `${queued.job}_${queued.task}`;
    const { nodes, reason, restarts } = queued;
    return liveness === 'running' && !(again && queued.state === 'COMPLETING')
      ? { state: 'running', job, nodes, restarts }
      : { state: 'waiting', job, reason, restarts };
  }
  if (hasResult && !hadResult) return { state: 'done' };
  if (queued === undefined) return { state: 'unknown' };
  if (cancelled || queued?.state === 'CANCELLED') return { state: 'cancelled' };
  const why = queued ? `Slurm says ${queued.state}` : 'gone from squeue and no result';
  if (notes && (end === null || queued)) return { state: 'lost', why };
  if (queued) return { state: 'failed', message: `it did not begin: ${why}` };
  return { state: 'gone' };
}

/** A task of the newest submission of its run. */
export interface StatedTask {
  submission: Submission;
  number: number;
  ordered: SubmittedTask;
  notes: TaskNotes | undefined;
  /** Whether it has yet to throw away what is in its run folder. */
  discardDue: boolean;
  state: TaskState;
}

/**
 * How every run of a folder's submissions stands, each by the newest submission that has it.
 *
 * @param queue what squeue says; null where it could not be asked
 * @param hasResult whether a run has a result
 */
export async function taskStates(
  submissions: readonly Submission[],
  queue: readonly QueuedTask[] | null,
  hasResult: (task: SubmittedTask) => Promise<boolean>,
): Promise<StatedTask[]> {
  const found = new Map<string, StatedTask>();
  for (const submission of submissions) {
    const notes = await readNotes(submission.folder);
    const cancelled = isCancelled(submission.folder);
    const name = jobName(submission);
    const mine = new Map(queue?.filter((task) => task.name === name).map((task) => [task.task, task]));
    for (const [number, ordered] of submission.tasks.entries()) {
      const discardDue = isDiscardDue(submission, number);
      const known = {
        queued: queue === null ? undefined : (mine.get(number) ?? null),
        notes: notes.get(number),
        cancelled,
        hasResult: await hasResult(ordered),
        hadResult: ordered.hadResult && (discardDue || !submission.fresh),
      };
      const key = `${ordered.row}/${ordered.seed}`;
      const state = taskState(known);
      found.set(key, { submission, number, ordered, notes: known.notes, discardDue, state });
    }
  }
  return [...found.values()];
}
