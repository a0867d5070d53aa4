import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunLock, writeFileAtomic } from '@pixelrnn/files';
import { z } from 'zod';
import { presetNames } from '../presetName.js';
import { SlurmError } from './slurmError.js';
import { slurmOptionsSchema } from './slurmOptions.js';

/** The file that every node must see. */
export const submissionName = 'submission.json';

const taskSchema = z.strictObject({
  row: z.string(),
  seed: z.int().nonnegative(),
  /** How often it was submitted again after it had been lost. */
  resubmissions: z.int().nonnegative(),
  /** There was a result already: until `--fresh` has thrown it away, the new one is known by the task's own word alone. */
  hadResult: z.boolean(),
});

const submissionSchema = z.strictObject({
  version: z.literal(1),
  /** Shared by all submissions of the folder: their starts of a run fence each other off. */
  series: z.string(),
  experiment: z.string(),
  preset: z.enum(presetNames),
  /** The rows that were asked for; all where it is left out. */
  rows: z.array(z.string()).optional(),
  set: z.record(z.string(), z.unknown()),
  out: z.string(),
  fresh: z.boolean(),
  dataDir: z.string().optional(),
  results: z.string().optional(),
  options: slurmOptionsSchema,
  /** By their number in the array. */
  tasks: z.array(taskSchema).min(1),
});

export type SubmittedTask = z.infer<typeof taskSchema>;
export type SubmissionFile = z.infer<typeof submissionSchema>;

/** One array job: `<out>/<id>/slurm/<number>/`, with what it was told, its script, its logs and the tasks' own notes. */
export interface Submission extends SubmissionFile {
  number: number;
  folder: string;
}

export const slurmFolder = (out: string, experiment: string) => join(out, experiment, 'slurm');

/** The name of its job, which no other submission has. */
export const jobName = ({
  experiment,
  series,
  number,
}: Pick<Submission, 'experiment' | 'series' | 'number'>) =>
  `pixelrnn-${experiment}-${series.slice(0, 8)}-${number}`;

export const newSeries = () => randomUUID();

/** @throws SlurmError where it is not there, or was written by another version */
export async function readSubmission(folder: string): Promise<Submission> {
  const path = join(folder, submissionName);
  const number = Number(/(\d+)\/?$/.exec(folder)?.[1]);
  try {
    return { ...submissionSchema.parse(JSON.parse(await readFile(path, 'utf8'))), number, folder };
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new SlurmError(
      `${path} should be what pnpm exp --launcher slurm wrote, but cannot be read (${why}): --out must be a folder that all nodes share; else launch again.`,
      { cause },
    );
  }
}

/** All of a folder, the first one first; none where nothing was submitted. */
export async function readSubmissions(out: string, experiment: string): Promise<Submission[]> {
  const base = slurmFolder(out, experiment);
  if (!existsSync(base)) return [];
  const numbers = (await readdir(base)).filter((name) => /^\d+$/.test(name)).map(Number);
  const whole = numbers.filter((number) => existsSync(join(base, String(number), submissionName)));
  return Promise.all(whole.sort((a, b) => a - b).map((number) => readSubmission(join(base, String(number)))));
}

export async function writeSubmission(folder: string, submission: SubmissionFile): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, submissionName), `${JSON.stringify(submission, null, 2)}\n`);
}

const cancelledName = 'cancelled.json';

/** Says for ever that none of its tasks is to run again. */
export async function markCancelled(folder: string): Promise<void> {
  await writeFileAtomic(join(folder, cancelledName), '{}\n');
}

export const isCancelled = (folder: string) => existsSync(join(folder, cancelledName));

const discardedPath = (folder: string, task: number) => join(folder, `discarded-${task}.json`);

/** Says for ever that a task has thrown away what `--fresh` is to. */
export async function markDiscarded(folder: string, task: number, lock: RunLock): Promise<void> {
  await writeFileAtomic(discardedPath(folder, task), '{}\n', lock);
}

/** Whether a task has yet to throw away what is in its run folder. */
export const isDiscardDue = ({ fresh, folder }: Pick<Submission, 'fresh' | 'folder'>, task: number) =>
  fresh && !existsSync(discardedPath(folder, task));
