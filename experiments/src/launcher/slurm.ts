import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { parseQueue, type QueuedTask } from './queue.js';
import { SlurmError } from './slurmError.js';

/** What is asked of Slurm. */
export interface Slurm {
  /** Submits a script. @returns the number of its job */
  submit(script: string): Promise<number>;
  /** All tasks of array jobs that Slurm remembers. */
  queue(): Promise<QueuedTask[]>;
  /**
   * Puts a running job, or a task `<job>_<number>`, back into the queue, where it starts after two minutes at the earliest. One
   * that was cancelled would come back to life.
   */
  requeue(job: string): Promise<void>;
  cancel(job: string): Promise<void>;
}

/** Slurm's own commands on this machine. @throws SlurmError where there are none, or with what they say */
export const slurmCommands: Slurm = {
  async submit(script) {
    const text = await run('sbatch', ['--parsable', script]);
    const job = /^(\d+)(;.*)?$/m.exec(text.trim())?.[1];
    if (job === undefined)
      throw new SlurmError(`sbatch --parsable should print the job's number, got ${text}`);
    return Number(job);
  },
  queue: async () => parseQueue(await run('squeue', ['--json'])),
  // The SIGTERM that ends the task reaches its children too, this one among them.
  requeue: async (job) =>
    void (await run('sh', ['-c', 'trap "" TERM; exec scontrol requeue "$1"', 'sh', job])),
  cancel: async (job) => void (await run('scancel', [job])),
};

const execute = promisify(execFile);

async function run(command: string, args: readonly string[]): Promise<string> {
  // Lists of tasks are cut off after 64 characters else.
  const env = { ...process.env, SLURM_BITSTR_LEN: '0' };
  try {
    const { stdout } = await execute(command, args, { env, maxBuffer: 2 ** 30 });
    return stdout;
  } catch (error) {
    const { code, stderr, message } = error as NodeJS.ErrnoException & { stderr?: string };
    if (code === 'ENOENT') {
      throw new SlurmError(
        `Slurm's ${command} was not found: run this on a machine of the cluster that has Slurm's commands, or without --launcher slurm.`,
      );
    }
    throw new SlurmError(`${command} ${args.join(' ')} failed: ${(stderr ?? '').trim() || message}`, {
      cause: error,
    });
  }
}
