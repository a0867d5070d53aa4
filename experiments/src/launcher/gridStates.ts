import { join } from 'node:path';
import { readResult } from '../runner/runFiles.js';
import { UsageError } from '../runner/usageError.js';
import type { QueuedTask } from './queue.js';
import { readSubmissions, type SubmittedTask } from './submission.js';
import { lastWord } from './taskLog.js';
import { type StatedTask, taskStates } from './taskState.js';

/**
 * How every submitted run of an experiment stands; none where nothing was submitted.
 *
 * @param queue what squeue says; null where it could not be asked
 */
export async function gridStates(
  out: string,
  experiment: string,
  queue: readonly QueuedTask[] | null,
): Promise<StatedTask[]> {
  const submissions = await readSubmissions(out, experiment);
  // A damaged one is none; who reads the run itself is told of it.
  const hasResult = async ({ row, seed }: SubmittedTask) =>
    (await readResult(join(out, experiment, 'runs', row, `seed-${seed}`)).catch(() => null)) !== null;
  return taskStates(submissions, queue, hasResult);
}

/** The same. @throws UsageError where nothing was submitted */
export async function submittedStates(
  out: string,
  experiment: string,
  queue: readonly QueuedTask[] | null,
): Promise<StatedTask[]> {
  const states = await gridStates(out, experiment, queue);
  if (states.length > 0) return states;
  throw new UsageError(
    `Nothing of ${experiment} was submitted to Slurm into ${out}: pnpm exp ${experiment} --launcher slurm --out ${out} does, or choose another --out.`,
  );
}

/** Whether it was lost as often as it may be. */
export const lostForGood = ({ ordered, submission }: StatedTask) =>
  ordered.resubmissions >= submission.options.maxRestarts;

const restarted = (restarts: number) => (restarts > 0 ? `, restart ${restarts}` : '');

/** How a run stands, in words; of one that ended badly with the line of its log. */
export async function stateText(task: StatedTask): Promise<string> {
  const { state } = task;
  const { out, experiment } = task.submission;
  const again = `pnpm exp collect ${experiment} --out ${out}`;
  switch (state.state) {
    case 'done':
      return 'done';
    case 'running':
      return `running as ${state.job} on ${state.nodes}${restarted(state.restarts)}`;
    case 'waiting':
      return `waiting as ${state.job} (${state.reason})${restarted(state.restarts)}`;
    case 'failed':
      return `failed: ${await withLine(task, state.message)}`;
    case 'cancelled':
      return 'cancelled';
    case 'lost':
      return lostForGood(task)
        ? `lost again after ${task.ordered.resubmissions} resubmissions: ${await withLine(task, state.why)}`
        : `lost (${await withLine(task, state.why)}): ${again} submits it again`;
    case 'gone':
      return 'gone from the queue while it waited: cancelled, or its node does not see this folder; the same pnpm exp command submits it again';
    case 'unknown':
      return 'submitted; squeue could not be asked';
  }
}

async function withLine(task: StatedTask, message: string): Promise<string> {
  const line = await lastWord(task);
  if (line === null) return message;
  return line.text.includes(message)
    ? `${line.text} (${line.place})`
    : `${message} (${line.place}: ${line.text})`;
}
