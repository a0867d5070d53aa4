import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suiteFolder } from '@pixelrnn/files/testing';
import { resultTableSchema } from '@pixelrnn/metrics';
import { describe, expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 300_000 }); // many processes, each with an engine to load

const root = fileURLToPath(new URL('../../..', import.meta.url));
const out = suiteFolder();

const set = (settings: Record<string, unknown>) =>
  Object.entries(settings).flatMap(([key, value]) => ['--set', `${key}=${value}`]);
const tiny = { data: 'seeded', h: 2, blocks: 1, validImages: 20, testImages: 20, samples: 0 };

interface Program {
  child: ChildProcess;
  /** What it has written so far. */
  text: () => string;
  end: Promise<number | null>;
}

function start(folder: string, settings: Record<string, unknown>, ...args: string[]): Program {
  const command = ['--conditions=@pixelrnn/source', '--import', 'tsx', 'experiments/src/cli.ts', 'table4'];
  const all = [...command, '--rows', 'pixelcnn', '--out', folder, ...set({ ...tiny, ...settings }), ...args];
  const child = spawn(process.execPath, all, { cwd: root });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      text += data;
    });
  }
  return { child, text: () => text, end: once(child, 'close').then(([code]) => code as number | null) };
}

const runFolder = (folder: string, seed: number) =>
  join(folder, 'table4', 'runs', 'pixelcnn', `seed-${seed}`);

async function until(what: () => boolean): Promise<void> {
  while (!what()) await setTimeout(20); // the test's own time limit ends this
}

/** Both seeds are training and have logged something. */
const bothTrain = (folder: string) => () =>
  [0, 1].every((seed) => {
    const path = join(runFolder(folder, seed), 'metrics.jsonl');
    return existsSync(path) && readFileSync(path, 'utf8').includes('\n');
  });

describe.each(['1', '2'])('rows x seeds with --jobs %s', (jobs) => {
  it('go on after a failure; the table has the others, the exit code tells', async () => {
    const folder = join(out, `failing-${jobs}`);
    await mkdir(runFolder(folder, 0), { recursive: true });
    await writeFile(join(runFolder(folder, 0), 'config.json'), '{"experiment": "table9"}');
    const { end, text } = start(folder, { steps: 4 }, '--seeds', '0,1', '--jobs', jobs);
    expect(await end).toBe(1);
    expect(text()).toMatch(
      /^pnpm exp: pixelcnn, seed 0: .*holds a run of other settings \(experiment: "table9" there/m,
    );
    const table = JSON.parse(readFileSync(join(folder, 'table4', 'table.json'), 'utf8'));
    const row = resultTableSchema.parse(table).rows.find(({ name }) => name === 'pixelcnn');
    expect(row?.seeds).toEqual([1]);
    expect(text()).toContain('Table, plots and runs:');
  });
});

describe('workers', () => {
  const endless = { steps: 1_000_000, logEvery: 1, validateEvery: 1_000_000 };
  const checkpoint = (folder: string, seed: number) =>
    JSON.parse(readFileSync(join(runFolder(folder, seed), 'checkpoint', 'model.json'), 'utf8')).training
      .progress.step;

  it('all stop at Ctrl-C, each with a checkpoint; the exit code is 130', async () => {
    const folder = join(out, 'stopped');
    const { child, end, text } = start(folder, endless, '--seeds', '0,1,2', '--jobs', '2');
    await until(bothTrain(folder));
    child.kill('SIGINT');
    expect(await end).toBe(130);
    expect(text()).toContain('pnpm exp: stopped by SIGINT. The same command resumes from here.');
    for (const seed of [0, 1]) {
      expect(checkpoint(folder, seed)).toBeGreaterThan(0);
      expect(existsSync(join(runFolder(folder, seed), 'lock.json'))).toBe(false);
    }
    expect(existsSync(runFolder(folder, 2))).toBe(false);
    expect(text()).not.toContain('failed');
  });

  it('stop by themselves when the process that started them is killed', async () => {
    const folder = join(out, 'orphaned');
    const { child, end } = start(folder, endless, '--seeds', '0,1', '--jobs', '2');
    await until(bothTrain(folder));
    child.kill('SIGKILL');
    await end;
    await until(() => [0, 1].every((seed) => !existsSync(join(runFolder(folder, seed), 'lock.json'))));
    for (const seed of [0, 1]) expect(checkpoint(folder, seed)).toBeGreaterThan(0);
  });

  it('that are killed are failures of their runs alone', async () => {
    const folder = join(out, 'killed');
    const settings = { steps: 120, logEvery: 1, validateEvery: 120 };
    const { end, text } = start(folder, settings, '--seeds', '0,1', '--jobs', '2');
    const lock = join(runFolder(folder, 0), 'lock.json'); // is there as long as the run goes on
    await until(() => existsSync(lock));
    const { pid } = JSON.parse(readFileSync(lock, 'utf8'));
    process.kill(pid, 'SIGKILL');
    expect(await end).toBe(1);
    expect(text()).toContain(
      'pnpm exp: pixelcnn, seed 0: its process was ended by SIGKILL; the same command resumes from its last checkpoint',
    );
    expect(existsSync(join(runFolder(folder, 1), 'result.json'))).toBe(true);
    // The lock that it left is that of a dead process.
    const again = start(folder, settings, '--seeds', '0,1', '--jobs', '2');
    expect(await again.end).toBe(0);
    expect(again.text()).toContain('seed 1: already done');
    expect(existsSync(join(runFolder(folder, 0), 'result.json'))).toBe(true);
  });
});

it('a run that another process works on is refused', async () => {
  const folder = join(out, 'twice');
  const settings = { steps: 1_000_000, logEvery: 1, validateEvery: 1_000_000 };
  const first = start(folder, settings);
  await until(() => existsSync(join(runFolder(folder, 0), 'lock.json')));
  const second = start(folder, settings);
  expect(await second.end).toBe(1);
  expect(second.text()).toContain(`is in use by process ${first.child.pid} on`);
  await until(() => existsSync(join(runFolder(folder, 0), 'metrics.jsonl')));
  first.child.kill('SIGTERM');
  expect(await first.end).toBe(143);
});
