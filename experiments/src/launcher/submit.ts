import { rm } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomic } from '@pixelrnn/files';
import type { Submitted } from './launcher.js';
import { sbatchScript } from './sbatchScript.js';
import type { Slurm } from './slurm.js';
import { jobName, type SubmissionFile, slurmFolder, writeSubmission } from './submission.js';
import { listenEarly } from './taskSignals.js';

// Run from source, a task is source too.
const program = fileURLToPath(new URL(`slurmTask${extname(import.meta.url)}`, import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface NewSubmission {
  file: SubmissionFile;
  number: number;
}

const folderOf = ({ file, number }: NewSubmission) =>
  join(slurmFolder(file.out, file.experiment), String(number));

/** The script of a submission. */
export function scriptOf(submission: NewSubmission): string {
  const { file, number } = submission;
  return sbatchScript({
    name: jobName({ ...file, number }),
    folder: folderOf(submission),
    tasks: file.tasks.length,
    options: file.options,
    root,
    command: [process.execPath, '--import', listenEarly, ...process.execArgv, program],
  });
}

/**
 * Writes a submission down and gives it to Slurm; the caller holds the lock of the folder.
 *
 * @throws SlurmError with what sbatch says; nothing is left of the submission then
 */
export async function submit(submission: NewSubmission, slurm: Slurm): Promise<Submitted> {
  const folder = folderOf(submission);
  const script = join(folder, 'job.sh');
  const text = scriptOf(submission);
  try {
    await writeSubmission(folder, submission.file);
    await writeFileAtomic(script, text);
    return { job: await slurm.submit(script), tasks: submission.file.tasks.length };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}
