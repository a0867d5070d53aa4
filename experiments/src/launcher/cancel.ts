import { lockRunFolder } from '@pixelrnn/files';
import { submittedStates } from './gridStates.js';
import { livenessOf } from './queue.js';
import type { Slurm } from './slurm.js';
import { jobName, markCancelled, readSubmissions, slurmFolder } from './submission.js';

/**
 * Cancels every job of an experiment's submissions that is not over, for good: its tasks save, and none runs again by itself.
 *
 * @returns the numbers of the jobs
 * @throws UsageError where nothing was submitted, FileError `locked` while another process submits into the folder
 */
export async function cancel(out: string, experiment: string, slurm: Slurm): Promise<number[]> {
  await submittedStates(out, experiment, null);
  const lock = await lockRunFolder(slurmFolder(out, experiment));
  try {
    const queue = await slurm.queue();
    const submissions = await readSubmissions(out, experiment);
    // First: a task that is just saving must not put itself back, and one that is lost is not submitted again.
    for (const { folder } of submissions) await markCancelled(folder);
    const names = new Set(submissions.map(jobName));
    const live = queue.filter((task) => names.has(task.name) && livenessOf(task.state) !== 'over');
    const jobs = [...new Set(live.map((task) => task.job))];
    for (const job of jobs) await slurm.cancel(String(job));
    return jobs;
  } finally {
    await lock.release();
  }
}
