// Grids that take seconds, launched through the command line, each into a folder of its own.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TaskStart } from '@pixelrnn/files';
import { readMetricsLog } from '@pixelrnn/training';
import { parseQueue, type QueuedTask } from '../queue.js';
import { type Cluster, type NodeName, until } from './cluster.js';
import { tinySettings } from './tinyImages.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Seconds long, with a checkpoint at any moment, and an entry of the loss at every few steps. */
const settings = {
  ...tinySettings,
  steps: 1500,
  validateEvery: 500,
  logEvery: 20,
  checkpointMinutes: 0.01,
  tensorBoard: false,
};

export interface Ended {
  status: number;
  text: string;
}

/** `pnpm exp` in the cluster's environment. */
export function exp(environment: NodeJS.ProcessEnv, ...args: string[]): Promise<Ended> {
  const all = ['--conditions=@pixelrnn/source', '--import', 'tsx', 'experiments/src/cli.ts', ...args];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { cwd: root, env: environment }, (error, stdout, stderr) => {
      resolve({ status: error ? Number(error.code ?? 1) : 0, text: stdout + stderr });
    });
  });
}

/** `own <images> --rows pixelcnn ...` into a folder. */
export const ownArgs = (images: string, out: string, ...more: string[]) => [
  'own',
  '--images',
  images,
  '--rows',
  'pixelcnn',
  ...Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]),
  '--out',
  out,
  ...more,
];

/** One launch of `own` into a folder, with what its runs leave. */
export class LaunchedGrid {
  constructor(
    private readonly cluster: Cluster,
    readonly out: string,
  ) {}

  runFolder = (seed = 0) => join(this.out, 'own', 'runs', 'pixelcnn', `seed-${seed}`);

  /** What Slurm says of a task. */
  async queued(seed = 0, submission = 1): Promise<QueuedTask | undefined> {
    const script = readFileSync(join(this.submission(submission), 'job.sh'), 'utf8');
    const name = /--job-name=(\S+)/.exec(script)?.[1];
    const tasks = parseQueue(await this.cluster.command('squeue', '--json'));
    return tasks.find((task) => task.name === name && task.task === seed);
  }

  submission = (number = 1) => join(this.out, 'own', 'slurm', String(number));
  log = (seed = 0, submission = 1) =>
    readFileSync(join(this.submission(submission), `log-${seed}.txt`), 'utf8');

  /** Slurm's name of seed 0. */
  async job(submission = 1): Promise<string> {
    const { job, task } = (await this.queued(0, submission)) as QueuedTask;
    return `${job}_${task}`;
  }

  /** What a start of a task has written down of its end; null before. */
  end(restart: number, submission = 1, task = 0): { state: string } | null {
    const path = join(this.submission(submission), `end-${task}-${restart}.json`);
    return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
  }

  /**
   * Waits until a run trains and has a checkpoint, and holds its process there (SIGSTOP): whatever is done to it then, it
   * is not done before.
   */
  async caught({ seed = 0, submission = 1 } = {}): Promise<{ pid: number; node: NodeName }> {
    const checkpoint = join(this.runFolder(seed), 'checkpoint', 'model.json');
    await until(`seed ${seed} trains`, async () => {
      const start = await this.start(seed);
      return start?.submission === submission && start.restart === 0 && existsSync(checkpoint);
    });
    const { pid } = JSON.parse(await readFile(join(this.runFolder(seed), 'lock.json'), 'utf8'));
    process.kill(pid, 'SIGSTOP');
    return { pid, node: (await this.queued(seed, submission))?.nodes as NodeName };
  }

  /** Waits until the run was started again. @returns the node */
  async startedAgain(): Promise<NodeName> {
    await until('it is started again', async () => {
      const task = await this.queued();
      return task?.restarts === 1 && ['RUNNING', 'COMPLETING', 'COMPLETED'].includes(task.state);
    });
    return (await this.queued())?.nodes as NodeName;
  }

  /** Waits until the second start has the run folder, or has done its work there. */
  async takenOver(): Promise<void> {
    const result = join(this.runFolder(), 'result.json');
    await until('it is taken over', async () => (await this.start(0))?.restart === 1 || existsSync(result));
  }

  /** The start that holds the run folder; null where none does. */
  private async start(seed: number): Promise<TaskStart | null> {
    const text = await readFile(join(this.runFolder(seed), 'lock.json'), 'utf8').catch(() => null);
    return text === null ? null : (JSON.parse(text).start ?? null);
  }

  /**
   * Lets a task that was put back start without waiting for Slurm's two minutes, which begin anew when its last processes have
   * ended; one that was preempted may have begun already. Two seconds pass all the same: a node refuses the
   * credential of a start in the same second as the end before it, and the job then counts as failed.
   */
  async release(): Promise<void> {
    const again = ['PENDING', 'RUNNING', 'COMPLETED'];
    await until('the task was put back', async () => {
      const task = await this.queued();
      return task?.restarts === 1 && again.includes(task.state);
    });
    let asked = performance.now();
    await until('it starts', async () => {
      const task = (await this.queued()) as QueuedTask;
      if (task.state !== 'PENDING') return true;
      if (performance.now() < asked + 2_000) return false;
      asked = performance.now();
      // Fails where it has begun meanwhile, which the next look tells.
      await this.cluster.command('scontrol', 'update', `jobid=${task.job}_${task.task}`, 'StartTime=now');
      return false;
    });
  }

  /** Waits for the run's result. */
  async done(seed = 0): Promise<void> {
    await until('there is a result', async () => existsSync(join(this.runFolder(seed), 'result.json')));
    await until('the run is over', async () => !existsSync(join(this.runFolder(seed), 'lock.json')));
  }
}

/** All that has to be equal, bit for bit: numbers, weights, the state of training, and the log but for its times. */
export async function outcome(runFolder: string): Promise<object> {
  const read = async (name: string) => JSON.parse(await readFile(join(runFolder, name), 'utf8'));
  const { weights, state, progress } = (await read('checkpoint/model.json')).training;
  return {
    result: { ...(await read('result.json')), seconds: 0 },
    config: await read('config.json'),
    weights,
    state,
    progress: { ...progress, seconds: 0 },
    log: (await readMetricsLog(runFolder)).map((line) => ({ ...line, seconds: 0 })),
  };
}
