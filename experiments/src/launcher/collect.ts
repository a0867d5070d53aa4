import { join } from 'node:path';
import { lockRunFolder } from '@pixelrnn/files';
import type { ResultTable } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';
import { writeExperiment } from '../runner/writeExperiment.js';
import { lostForGood, stateText, submittedStates } from './gridStates.js';
import type { Slurm } from './slurm.js';
import { readSubmissions, type Submission, slurmFolder } from './submission.js';
import { submit } from './submit.js';
import type { StatedTask } from './taskState.js';

export interface Collected {
  /** The table of the newest submission's preset. */
  table: ResultTable;
  /** A line for each run that is not done, or cannot be read. */
  open: string[];
  /** Whether runs have failed, were cancelled, are lost for good or cannot be read. */
  failed: boolean;
}

/**
 * Submits again what is lost, so often as the submission allows, and writes the experiment's table and plots from the results
 * that are there.
 *
 * @throws UsageError where nothing was submitted, FileError `locked` while another process submits into the folder
 */
export async function collect(experiment: Experiment, out: string, slurm: Slurm): Promise<Collected> {
  const { id } = experiment;
  await submittedStates(out, id, null);
  const lock = await lockRunFolder(slurmFolder(out, id));
  let open: string[];
  let states: StatedTask[];
  try {
    states = await submittedStates(out, id, await slurm.queue());
    const lost = states.filter((task) => task.state.state === 'lost' && !lostForGood(task));
    const again = await submitAgain(lost, await readSubmissions(out, id), slurm);
    open = await Promise.all(
      states
        .filter(({ state }) => state.state !== 'done')
        .map(async (task) => `${nameOf(task)}: ${again.get(task) ?? (await stateText(task))}`),
    );
    states = states.filter((task) => !again.has(task));
  } finally {
    await lock.release();
  }
  const { preset } = (await readSubmissions(out, id)).at(-1) as Submission;
  const damaged: string[] = [];
  const table = await writeExperiment(experiment, preset, join(out, id), {
    onDamaged: ({ row, seed, message }) => damaged.push(`${row}, seed ${seed}: left out: ${message}`),
  });
  const bad = ['failed', 'cancelled', 'lost', 'gone'];
  const failed = damaged.length > 0 || states.some(({ state }) => bad.includes(state.state));
  return { table, open: [...open, ...damaged], failed };
}

const nameOf = ({ ordered: { row, seed } }: StatedTask) => `${row}, seed ${seed}`;

/**
 * New jobs for the lost tasks of each submission, with its script's options: one for those that go on, and one for those that
 * `--fresh` has yet to begin anew.
 *
 * @returns what to say of each task
 */
async function submitAgain(
  lost: readonly StatedTask[],
  all: readonly Submission[],
  slurm: Slurm,
): Promise<Map<StatedTask, string>> {
  const said = new Map<StatedTask, string>();
  let number = (all.at(-1) as Submission).number;
  const jobs = [...new Set(lost.map((task) => task.submission))].flatMap((submission) =>
    [true, false].map((fresh) => ({
      submission,
      fresh,
      tasks: lost.filter((task) => task.submission === submission && task.discardDue === fresh),
    })),
  );
  for (const { submission, fresh, tasks } of jobs) {
    if (tasks.length === 0) continue;
    number++;
    const { number: _, folder: __, ...before } = submission;
    const ordered = tasks.map((task) => ({
      ...task.ordered,
      resubmissions: task.ordered.resubmissions + 1,
      // What --fresh has thrown away is there no more.
      hadResult: task.ordered.hadResult && fresh === submission.fresh,
    }));
    const { job } = await submit({ file: { ...before, fresh, tasks: ordered }, number }, slurm);
    for (const [i, task] of tasks.entries()) {
      const time = task.ordered.resubmissions + 1;
      const why = task.state.state === 'lost' ? task.state.why : '';
      said.set(
        task,
        `lost (${why}), submitted again as ${job}_${i}, resubmission ${time} of at most ${submission.options.maxRestarts}`,
      );
    }
  }
  return said;
}
