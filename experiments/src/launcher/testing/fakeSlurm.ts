import { readFile } from 'node:fs/promises';
import type { QueuedTask } from '../queue.js';
import type { Slurm } from '../slurm.js';

/** Slurm without machines: jobs wait for ever, unless a test says otherwise. */
export class FakeSlurm implements Slurm {
  readonly scripts: string[] = [];
  readonly cancelled: string[] = [];
  jobs: QueuedTask[] = [];

  async submit(script: string): Promise<number> {
    const text = await readFile(script, 'utf8');
    this.scripts.push(text);
    const [, name = ''] = /--job-name=(\S+)/.exec(text) ?? [];
    const last = Number(/--array=0-(\d+)/.exec(text)?.[1]);
    const job = this.scripts.length;
    const waiting = { name, job, state: 'PENDING', reason: 'Resources', nodes: '', restarts: 0 };
    for (let task = 0; task <= last; task++) this.jobs.push({ ...waiting, task });
    return job;
  }

  /** Says something else of a task from now on; null: forgets it. */
  change(job: number, task: number, change: Partial<QueuedTask> | null): void {
    this.jobs = this.jobs.flatMap((each) =>
      each.job !== job || each.task !== task ? [each] : change === null ? [] : [{ ...each, ...change }],
    );
  }

  queue = async () => this.jobs;
  requeue = () => Promise.reject(new Error('no task runs'));
  async cancel(job: string): Promise<void> {
    this.cancelled.push(job);
  }
}
