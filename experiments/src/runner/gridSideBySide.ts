import { type ChildProcess, fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  onInterrupt,
  type ProgressBar,
  type ProgressBars,
  progressBars,
  type TrainingError,
} from '@pixelrnn/training';
import { failureOf, type Grid, type GridRun, gridRuns, labelOf, type RunFailure } from './grid.js';
import type { GridMessage } from './gridWorker.js';
import type { OrderedRun } from './runOne.js';

// Run from source, the worker is source too.
const worker = fileURLToPath(new URL(`gridWorker${extname(import.meta.url)}`, import.meta.url));

/** The processors are shared out, unless the user has said how many threads there are to be. */
function threads(jobs: number): Record<string, string> {
  const each = String(Math.max(1, Math.floor(availableParallelism() / jobs)));
  const names = ['TF_NUM_INTRAOP_THREADS', 'OMP_NUM_THREADS', 'PIXELRNN_THREADS'];
  if (names.some((name) => process.env[name] !== undefined)) return {};
  return Object.fromEntries(names.map((name) => [name, each]));
}

/**
 * The runs in worker processes, so many at a time. SIGINT and SIGTERM go to all of them.
 *
 * @param set the changes to the preset, as they were given
 * @returns those that failed
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM, once every worker has ended; those that trained have
 * checkpoints
 */
export async function runSideBySide(
  grid: Grid,
  set: Record<string, unknown>,
  jobs: number,
): Promise<RunFailure[]> {
  const waiting = gridRuns(grid);
  const first = waiting[0];
  const failures: RunFailure[] = [];
  const bars = progressBars();
  const { log = bars.log } = grid;
  const children = new Set<ChildProcess>();
  const env = { ...process.env, ...threads(Math.min(jobs, waiting.length)) };

  async function line(signal: AbortSignal): Promise<void> {
    for (let run = waiting.shift(); run && !signal.aborted; run = waiting.shift()) {
      // A group of its own: Ctrl-C reaches it once, from here.
      const child = fork(worker, { env, detached: true, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
      children.add(child);
      child.send(orderOf(grid, set, run, run === first));
      const failure = await endOf(child, run, bars, log);
      children.delete(child);
      if (!failure || signal.aborted) continue;
      failures.push(failure);
      log(`${labelOf(run)}: failed: ${failure.message}`);
    }
  }

  try {
    await onInterrupt(async (signal) => {
      signal.addEventListener('abort', () => {
        for (const child of children) child.kill((signal.reason as TrainingError).signal);
      });
      await Promise.all(Array.from({ length: jobs }, () => line(signal)));
    });
  } finally {
    bars.stop();
  }
  return failures;
}

function orderOf(
  grid: Grid,
  set: Record<string, unknown>,
  { row, seed }: GridRun,
  announceEngine: boolean,
): OrderedRun {
  const { experiment, preset, out, fresh, dataDir } = grid;
  return { experiment: experiment.id, row: row.name, seed, preset, set, out, fresh, dataDir, announceEngine };
}

/** Shows what a worker tells until it has ended; null where it ended well. */
function endOf(
  child: ChildProcess,
  run: GridRun,
  bars: ProgressBars,
  log: (line: string) => void,
): Promise<RunFailure | null> {
  return new Promise((resolve) => {
    let bar: ProgressBar | undefined;
    let done = false;
    let message: string | undefined;
    child.on('message', (told: GridMessage) => {
      if (told.type === 'unit') bar = bars.add(labelOf(run), told.unit);
      else if (told.type === 'progress') bar?.update(told.progress);
      else if (told.type === 'trained') bar?.stop();
      else if (told.type === 'log') log(told.line);
      else if (told.type === 'done') done = true;
      else message = told.message;
    });
    child.on('error', (error) => {
      message ??= `its process: ${error.message}`;
    });
    child.on('close', (code, signal) => {
      bar?.stop();
      if (done) return resolve(null);
      const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
      resolve(
        failureOf(run, message ?? `its process ${how}; the same command resumes from its last checkpoint`),
      );
    });
  });
}
