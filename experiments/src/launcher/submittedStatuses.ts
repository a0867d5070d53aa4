import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { type RunStatus, unstarted } from '../runner/runStatus.js';
import { gridStates, stateText } from './gridStates.js';
import type { QueuedTask } from './queue.js';
import { slurmFolder } from './submission.js';
import type { StatedTask } from './taskState.js';

/** The experiments of a folder of which something was submitted. */
export async function submittedExperiments(out: string): Promise<string[]> {
  if (!existsSync(out)) return [];
  const names = await readdir(out);
  return names.filter((name) => existsSync(slurmFolder(out, name))).sort();
}

/**
 * Statuses that were read from run folders, with what is known of runs that were submitted to Slurm: those that wait have no
 * folder yet, and a folder alone does not tell whether the node of its process lives.
 *
 * @param queue what squeue says; null where it could not be asked
 */
export async function withSubmitted(
  statuses: readonly RunStatus[],
  out: string,
  experiments: readonly string[],
  queue: readonly QueuedTask[] | null,
): Promise<RunStatus[]> {
  const all = [...statuses];
  for (const experiment of experiments) {
    for (const task of await gridStates(out, experiment, queue)) {
      const { row, seed } = task.ordered;
      const index = all.findIndex(
        (status) => status.experiment === experiment && status.row === row && status.seed === seed,
      );
      const there = all[index];
      if (there && !saysMore(task, there)) continue;
      const status = there ?? unstarted(out, { experiment, row, seed });
      const { state, text } = { state: 'submitted' as const, text: await stateText(task) };
      if (there) all[index] = { ...there, state, text };
      else all.push({ ...status, state, text });
    }
  }
  return all;
}

/** Whether the submission knows more of the run than its folder. */
function saysMore({ state, discardDue }: StatedTask, there: RunStatus): boolean {
  if (state.state === 'running' || state.state === 'waiting') return true;
  const done = there.state === 'done' && !discardDue;
  const ended = done || there.state === 'unreadable';
  const runsHere = there.state === 'running' && (there.host === null || state.state === 'unknown');
  return state.state !== 'done' && !ended && !runsHere;
}
