import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suiteFolder } from '@pixelrnn/files/testing';
import { Random } from '@pixelrnn/random';
import { beforeAll, describe, expect, it } from 'vitest';
import { readMetricsLog } from './logs/metricsLog.js';
import type { TrainProgram } from './testing/trainProgram.js';

const program = fileURLToPath(new URL('testing/trainProgram.ts', import.meta.url));
// Checkpoints every 20 ms, and everything on that a checkpoint has to keep.
const options = {
  steps: 1000,
  checkpointMinutes: 0.02 / 60,
  emaDecay: 0.99,
  patience: 1000,
  optimizer: 'adam',
  schedule: 'cosine',
  warmupSteps: 100,
  clipNorm: 5,
} as const;

const base = suiteFolder();
let whole: Awaited<ReturnType<typeof result>>;
beforeAll(async () => {
  const uninterrupted = start({ folder: join(base, 'whole'), options });
  expect(await ended(uninterrupted)).toMatchObject({ code: 0 });
  whole = await result(join(base, 'whole'));
});

function start(run: TrainProgram): ChildProcess {
  const args = ['--conditions=@pixelrnn/source', '--import', 'tsx', program, JSON.stringify(run)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function ended(
  child: ChildProcess,
): Promise<{ code: number | null; signal: string | null; errors: string }> {
  let errors = '';
  child.stderr?.on('data', (data) => {
    errors += data;
  });
  const [code, signal] = await once(child, 'close');
  return { code, signal, errors };
}

/** Ends the process by a signal, so many milliseconds after it printed `line`. */
async function endedBy(signal: NodeJS.Signals, line: string, milliseconds: number, child: ChildProcess) {
  const end = ended(child);
  for await (const printed of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    if (printed === line) break;
  }
  setTimeout(() => child.kill(signal), milliseconds);
  return end;
}

/** All that has to be equal: weights and state bit for bit, and every entry of the log but for its time. */
async function result(folder: string) {
  const lines = await readMetricsLog(folder);
  const model = JSON.parse(await readFile(join(folder, 'checkpoint', 'model.json'), 'utf8'));
  const { progress, weights, state } = model.training;
  return {
    lines: lines.map(({ seconds: _, ...line }) => line),
    progress: { ...progress, seconds: 0 },
    files: [weights, state],
  };
}

describe('a run', () => {
  it('that SIGKILL ended 20 times, at any moment, is the run that was never interrupted', async () => {
    const folder = join(base, 'killed');
    const random = new Random(11).split('kills');
    const progress: number[] = [];
    for (let kill = 0; kill < 20; kill++) {
      // Every other one within an operation on a file, the others whenever it happens to be.
      const killed =
        kill % 2 === 0
          ? await ended(start({ folder, options, killAt: 1 + random.integer(90) }))
          : await endedBy('SIGKILL', 'started', random.integer(150), start({ folder, options }));
      expect(killed.signal, killed.errors).toBe('SIGKILL');
      const path = join(folder, 'checkpoint', 'model.json');
      // Whatever was interrupted, the newest checkpoint is whole.
      if (existsSync(path)) progress.push(JSON.parse(await readFile(path, 'utf8')).training.progress.step);
    }
    expect(progress).toEqual([...progress].sort((a, b) => a - b));
    expect(new Set(progress).size).toBeGreaterThan(3);
    expect(await ended(start({ folder, options }))).toEqual({ code: 0, signal: null, errors: '' });
    expect(await result(folder)).toEqual(whole);
    expect((await readdir(folder)).sort()).toEqual(['checkpoint', 'metrics.jsonl', 'tensorboard']);
    expect(await readdir(join(folder, 'checkpoint'))).toHaveLength(6);
  }, 600_000);

  it('that SIGINT and SIGTERM ended writes a checkpoint first, exits with 130 and 143, and goes on', async () => {
    const folder = join(base, 'stopped');
    const seldom = { ...options, checkpointMinutes: 60 };
    for (const [signal, code] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ] as const) {
      const stopped = await endedBy(signal, 'logged', 0, start({ folder, options: seldom }));
      expect(stopped).toMatchObject({ code, signal: null });
      expect(stopped.errors).toContain(`stopped by ${signal}. The same command resumes from here.`);
      expect((await result(folder)).progress.step).toBeGreaterThan(0);
      expect(existsSync(join(folder, 'lock.json'))).toBe(false);
    }
    expect(await ended(start({ folder, options: seldom }))).toMatchObject({ code: 0 });
    expect(await result(folder)).toEqual(whole);
  });
});
