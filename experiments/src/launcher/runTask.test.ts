import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suiteFolder, temporaryFolder } from '@pixelrnn/files/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ownImages } from '../ownImages.js';
import { planWork, runExperiment } from '../runner/runExperiment.js';
import { readResult } from '../runner/runFiles.js';
import { runTask } from './runTask.js';
import { slurmLauncher } from './slurmLauncher.js';
import { slurmDefaults } from './slurmOptions.js';
import { readNotes } from './taskNotes.js';
import { Stopped } from './taskSignals.js';
import { FakeSlurm } from './testing/fakeSlurm.js';
import { cacheWithoutImages, tinyImages, tinySettings } from './testing/tinyImages.js';

const base = suiteFolder();
let set: Record<string, unknown>;
beforeAll(async () => {
  vi.stubEnv('PIXELRNN_CACHE_DIR', await cacheWithoutImages(base));
  const short = { steps: 4, validateEvery: 4, tensorBoard: false };
  set = { ...tinySettings, ...short, images: await tinyImages(base) };
});
const asked = (folder: string, more: Record<string, unknown> = {}) => ({
  preset: 'smoke' as const,
  rows: ['pixelcnn'],
  set: { ...set, ...more },
  out: folder,
  log: () => {},
});

let out: string;
let folder: string;
let run: string;
let slurm: FakeSlurm;
beforeEach(async () => {
  out = await temporaryFolder();
  folder = join(out, 'own', 'slurm', '1');
  run = join(out, 'own', 'runs', 'pixelcnn', 'seed-0');
  slurm = new FakeSlurm();
  vi.spyOn(console, 'error').mockImplementation(() => {});
});
afterEach(() => {
  for (const name of ['JOB_ID', 'TASK_ID']) vi.stubEnv(`SLURM_ARRAY_${name}`, undefined);
  vi.stubEnv('SLURM_RESTART_COUNT', undefined);
  vi.restoreAllMocks();
});
afterAll(() => void vi.unstubAllEnvs());

const launch = async (fresh = false, more: Record<string, unknown> = {}) =>
  slurmLauncher({ ...slurmDefaults, sbatch: {} }, slurm).launch(
    await planWork(ownImages, { ...asked(out, more), fresh }),
  );

function start(restart: number, signal = new AbortController().signal): Promise<number> {
  vi.stubEnv('SLURM_ARRAY_JOB_ID', '1');
  vi.stubEnv('SLURM_ARRAY_TASK_ID', '0');
  if (restart > 0) vi.stubEnv('SLURM_RESTART_COUNT', String(restart));
  return runTask(folder, { signal, terminated: () => false }, slurm);
}

it("gives a local run's result, and says that it is done", async () => {
  await launch();
  expect(await start(0)).toBe(0);
  expect((await readNotes(folder)).get(0)?.end).toEqual({ state: 'done' });
  const other = await temporaryFolder();
  await runExperiment(ownImages, asked(other));
  const local = await readResult(join(other, 'own', 'runs', 'pixelcnn', 'seed-0'));
  expect(await readResult(run)).toEqual({ ...local, seconds: expect.any(Number) });
});

it('throws away what is there once, not at every start', async () => {
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'config.json'), '{"experiment": "table9"}');
  await launch(true);
  slurm.change(1, 0, { state: 'COMPLETING', restarts: 1 });
  expect(await start(0, AbortSignal.abort(new Stopped('TERM')))).toBe(143);
  expect(existsSync(join(folder, 'discarded-0.json'))).toBe(true);
  await writeFile(join(run, 'kept'), '');
  expect(await start(1)).toBe(0);
  expect(existsSync(join(run, 'kept'))).toBe(true);
});

it('throws a damaged checkpoint away, and begins at step 0', async () => {
  await mkdir(join(run, 'checkpoint'), { recursive: true });
  await writeFile(join(run, 'checkpoint', 'model.json'), '{');
  await launch(true);
  expect(await start(0)).toBe(0);
  const { step } = JSON.parse(await readFile(join(run, 'checkpoint', 'model.json'), 'utf8')).training
    .progress;
  expect(step).toBe(4);
  expect((await readNotes(folder)).get(0)).toMatchObject({ start: { step: 0 }, end: { state: 'done' } });
});

it('begins at step 0 where it throws a whole checkpoint away', async () => {
  await runExperiment(ownImages, asked(out));
  await launch(true);
  slurm.change(1, 0, { state: 'COMPLETING', restarts: 1 });
  expect(await start(0, AbortSignal.abort(new Stopped('TERM')))).toBe(143);
  expect((await readNotes(folder)).get(0)?.start.step).toBe(0);
});

it('goes on from the checkpoint before where the last one is damaged, as a local run does', async () => {
  await runExperiment(ownImages, asked(out));
  await runExperiment(ownImages, asked(out, { steps: 6 }));
  await writeFile(join(run, 'checkpoint', 'model.json'), '{');
  await launch(false, { steps: 8 });
  expect(await start(0)).toBe(0);
  expect((await readNotes(folder)).get(0)?.start.step).toBe(4);
  expect((await readResult(run))?.steps).toBe(8);
});

it('says so where no checkpoint is whole', async () => {
  await runExperiment(ownImages, asked(out));
  await writeFile(join(run, 'checkpoint', 'model.json'), '{');
  await launch(false, { steps: 8 });
  expect(await start(0)).toBe(1);
  const message = expect.stringContaining('is whole');
  expect((await readNotes(folder)).get(0)?.end).toEqual({ state: 'failed', message });
});

it('fails with a sentence that status can show', async () => {
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'config.json'), '{"experiment": "table9"}');
  await launch();
  expect(await start(0)).toBe(1);
  const message = expect.stringContaining('holds a run of other settings');
  expect((await readNotes(folder)).get(0)?.end).toEqual({ state: 'failed', message });
  const logged = vi.mocked(console.error).mock.calls.flat();
  expect(logged).toContainEqual(
    expect.stringMatching(/^pnpm exp: pixelcnn, seed 0: .* holds a run of other/),
  );
});

it('gives up where start after start gets no step further', async () => {
  await launch();
  slurm.change(1, 0, { state: 'COMPLETING', restarts: 9 });
  const stopped = () => AbortSignal.abort(new Stopped('TERM'));
  for (let restart = 0; restart <= 3; restart++) {
    await rm(join(run, 'checkpoint'), { recursive: true, force: true }); // none of them saves anything
    expect(await start(restart, stopped())).toBe(143);
  }
  await rm(join(run, 'checkpoint'), { recursive: true, force: true });
  expect(await start(4)).toBe(1);
  expect((await readNotes(folder)).get(0)?.end?.message).toContain(
    'it was started 4 times in a row without getting further than step 0',
  );
});

it('refuses to run outside of a task, or of a folder that is not shared', async () => {
  await launch();
  vi.stubEnv('SLURM_ARRAY_JOB_ID', undefined);
  const signals = { signal: new AbortController().signal, terminated: () => false };
  await expect(runTask(folder, signals, slurm)).rejects.toThrow('A task of an array job was expected');
  vi.stubEnv('SLURM_ARRAY_JOB_ID', '1');
  vi.stubEnv('SLURM_ARRAY_TASK_ID', '7');
  await expect(runTask(folder, signals, slurm)).rejects.toThrow('has tasks 0 to 0, got 7');
  await rm(join(folder, 'submission.json'));
  await expect(runTask(folder, signals, slurm)).rejects.toThrow(
    '--out must be a folder that all nodes share',
  );
});

it('does not take over what a later start has', async () => {
  await launch();
  expect(await start(2)).toBe(0);
  await rm(join(run, 'result.json'));
  const lock = { id: 'x', pid: process.pid, started: '', host: 'elsewhere' };
  const { series: task } = JSON.parse(await readFile(join(folder, 'submission.json'), 'utf8'));
  const later = { ...lock, start: { task, submission: 1, restart: 3 } };
  await writeFile(join(run, 'lock.json'), JSON.stringify(later));
  expect(await start(2)).toBe(1);
  expect(existsSync(join(run, 'result.json'))).toBe(false);
  expect(vi.mocked(console.error).mock.calls.flat()).toContainEqual(
    expect.stringContaining('was taken over by restart 3 of submission 1 on elsewhere'),
  );
});
