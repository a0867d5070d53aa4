import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockRunFolder } from '@pixelrnn/files';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { someResult } from '../testing/someResult.js';
import { formatStatus, printStatus } from './printStatus.js';
import { writeFailure } from './runFiles.js';
import { runStatuses } from './runStatus.js';

let out: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'pixelrnn-status-'));
});
afterEach(() => rm(out, { recursive: true, force: true }));

const config = {
  experiment: 'table5',
  row: 'row-lstm',
  preset: 'cpu',
  seed: 0,
  dataset: 'CIFAR-10',
  settings: { steps: 1000, maxSeconds: null },
};

/** A run folder with entries of metrics, 2 s for 100 steps, and a checkpoint at a step. */
async function run(name: string, entries: number, checkpoint?: number): Promise<string> {
  const folder = join(out, 'table5', 'runs', name, 'seed-0');
  await mkdir(join(folder, 'checkpoint'), { recursive: true });
  await writeFile(join(folder, 'config.json'), JSON.stringify({ ...config, row: name }));
  const lines = Array.from({ length: entries }, (_, i) => {
    const step = 100 * (i + 1);
    return { step, images: 16 * step, seconds: step / 50, ...(i % 2 === 1 && { valid: 9000 - step }) };
  });
  await writeFile(join(folder, 'metrics.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  if (checkpoint !== undefined) {
    const training = { progress: { step: checkpoint }, identity: { data: { shape: [32, 32, 3] } } };
    await writeFile(join(folder, 'checkpoint', 'model.json'), JSON.stringify({ training }));
  }
  return folder;
}

it('tells what runs, what was interrupted and where, what failed and what is done', async () => {
  const lock = await lockRunFolder(await run('running', 5, 400));
  await run('interrupted', 4, 350);
  await run('new', 0);
  const message = 'The loss was not finite at step 142.';
  await writeFailure(await run('failed', 2, 100), message, { assertHeld: async () => {} });
  const done = await run('done', 10, 1000);
  const result = someResult({ test: 9001, valid: 9000, dimensions: 3072, dataset: 'CIFAR-10', steps: 1000 });
  await writeFile(join(done, 'result.json'), JSON.stringify(result));
  const older = await run('older', 0);
  await writeFile(join(older, 'config.json'), '{"table": 5}');

  const statuses = await runStatuses(out);
  const find = (row: string) => statuses.find((status) => status.row === row);
  expect(statuses.map(({ row }) => row)).toEqual([
    'done',
    'failed',
    'interrupted',
    'new',
    'older',
    'running',
  ]);
  expect(find('running')).toMatchObject({
    state: 'running',
    pid: process.pid,
    step: 500,
    steps: 1000,
    valid: 8600,
  });
  expect(find('running')?.secondsLeft).toBeCloseTo(10, 9);
  // It resumes from its checkpoint: the steps since then are done again.
  expect(find('interrupted')).toMatchObject({ state: 'interrupted', step: 350, valid: 8600 });
  expect(find('interrupted')?.secondsLeft).toBeCloseTo(13, 9);
  expect(find('failed')).toMatchObject({ state: 'failed', message, step: 100 });
  expect(find('done')).toMatchObject({ state: 'done', step: 1000, valid: 9000, secondsLeft: 0 });
  expect(find('older')).toMatchObject({ state: 'unreadable' });

  const lines = formatStatus(statuses);
  expect(lines[0]).toMatch(/^experiment +row +seed +step +validation +left +state$/);
  expect(lines[1]).toMatch(/^table5 +done +0 +1000\/1000 +4.227 bits\/dim +done$/);
  expect(lines[3]).toMatch(/interrupted +0 +350\/1000 +4.039 bits\/dim +0:13 +interrupted at step 350$/);
  expect(lines[4]).toMatch(/new +0 +0\/1000 +interrupted before its first checkpoint$/);
  expect(lines[5]).toMatch(/cannot be read: .* is of another version of this project/s);
  expect(lines[6]).toMatch(new RegExp(`500/1000 .* 0:10 +running in process ${process.pid}$`));
  await lock.release();
  expect((await runStatuses(out)).find(({ row }) => row === 'running')?.state).toBe('interrupted');
});

it('a folder without runs is a sentence', async () => {
  await expect(printStatus(out)).rejects.toThrow(`No run folder <id>/runs/<row>/seed-<n> in ${out}`);
});

it('an experiment that is none is told by the nearest name', async () => {
  await expect(printStatus(out, 'tabel4')).rejects.toThrow('Did you mean table4');
  await expect(printStatus(out, 'table4')).rejects.toThrow('No run folder table4/runs/<row>/seed-<n> in');
});

it('of a damaged checkpoint the one before counts, from which a run goes on', async () => {
  const folder = join(await run('damaged', 4, 350), 'checkpoint');
  await rename(join(folder, 'model.json'), join(folder, 'previous.json'));
  for (const text of ['{', '{}', null]) {
    if (text !== null) await writeFile(join(folder, 'model.json'), text);
    else await rm(join(folder, 'model.json'));
    const [status] = await runStatuses(out);
    expect(status).toMatchObject({ state: 'interrupted', step: 350, valid: 8600 });
  }
});

it('a damaged checkpoint is one line, with what to do', async () => {
  const folder = await run('damaged', 0);
  await mkdir(join(folder, 'checkpoint'), { recursive: true });
  const path = join(folder, 'checkpoint', 'model.json');
  for (const text of ['{}', 'x']) {
    await writeFile(path, text);
    const [status] = await runStatuses(out);
    expect(status).toMatchObject({ state: 'unreadable' });
    expect(status && 'message' in status ? status.message : '').toMatch(
      /model\.json should be a checkpoint, but it is not \([^\n]*\): use --fresh or remove the run folder\.$/,
    );
  }
});
