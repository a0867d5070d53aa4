import { join } from 'node:path';
import type { TaskStart } from '@pixelrnn/files';
import { z } from 'zod';
import { SlurmError } from './slurmError.js';
import { readSubmission, type Submission, type SubmittedTask } from './submission.js';

const number = z.string().regex(/^\d+$/).transform(Number);

/** What Slurm tells a task. */
const environmentSchema = z.object({
  SLURM_ARRAY_JOB_ID: number,
  SLURM_ARRAY_TASK_ID: number,
  /** Not there at the first start. */
  SLURM_RESTART_COUNT: number.default(0),
});

/** One start of one task. */
export interface RunningTask {
  submission: Submission;
  /** Its number in the array. */
  number: number;
  ordered: SubmittedTask;
  /** Slurm's name of it, `<job>_<number>`. */
  job: string;
  start: TaskStart;
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  runFolder: string;
  log: (line: string) => void;
}

/** @throws SlurmError outside of a task of this submission */
export async function taskOf(folder: string, environment: NodeJS.ProcessEnv): Promise<RunningTask> {
  const parsed = environmentSchema.safeParse(environment);
  if (!parsed.success) {
    throw new SlurmError(
      `A task of an array job was expected, started by Slurm: ${z.prettifyError(parsed.error)}`,
    );
  }
  const { SLURM_ARRAY_JOB_ID: job, SLURM_ARRAY_TASK_ID: number, SLURM_RESTART_COUNT: restart } = parsed.data;
  const submission = await readSubmission(folder);
  const ordered = submission.tasks[number];
  if (!ordered) {
    throw new SlurmError(`${folder} has tasks 0 to ${submission.tasks.length - 1}, got ${number}.`);
  }
  const { out, experiment, series: task } = submission;
  return {
    submission,
    number,
    ordered,
    job: `${job}_${number}`,
    start: { task, submission: submission.number, restart },
    runFolder: join(out, experiment, 'runs', ordered.row, `seed-${ordered.seed}`),
    log: (line) => console.error(line),
  };
}
