import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Ranks {
  /** The process of mpirun. */
  child: ChildProcess;
  ended: Promise<Ended>;
}

/** One thread a rank: there may be more ranks than processors. */
const threads = { PIXELRNN_THREADS: '1', TF_NUM_INTRAOP_THREADS: '1', OMP_NUM_THREADS: '1' };

/** Starts a program, run from source, on so many ranks of this machine. */
export function mpirun(
  ranks: number,
  [program, ...args]: readonly [string, ...string[]],
  env: Record<string, string> = {},
): Ranks {
  const node = [process.execPath, '--conditions=@pixelrnn/source', '--import', 'tsx', program, ...args];
  const child = spawn(
    'mpirun',
    [
      '--oversubscribe',
      // Containers forbid the copies between processes that vader would make.
      ...['--mca', 'btl_vader_single_copy_mechanism', 'none'],
      ...['-n', String(ranks), ...node],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        ...threads,
        OMPI_ALLOW_RUN_AS_ROOT: '1',
        OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
        ...env,
      },
    },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]: unknown[]) => ({
    code: code as number | null,
    stdout,
    stderr,
  }));
  return { child, ended };
}
