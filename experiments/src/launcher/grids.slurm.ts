// Array jobs on a real Slurm, ended in every way it knows: their results are those of a local run, bit for bit.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suiteFolder } from '@pixelrnn/files/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Cluster, goOnWith, type NodeName, until } from './testing/cluster.js';
import { exp, LaunchedGrid, outcome, ownArgs } from './testing/grids.js';
import { cacheWithoutImages, tinyImages } from './testing/tinyImages.js';

const base = suiteFolder();
let cluster: Cluster;
let environment: NodeJS.ProcessEnv;
let images: string;
const expected: object[] = [];
/** A run that Slurm's own time limit ends: it goes on beside the others, on a node of its own. */
let limited: Promise<LaunchedGrid>;

beforeAll(async () => {
  images = await tinyImages(base);
  process.env.PIXELRNN_CACHE_DIR = await cacheWithoutImages(base);
  // Equal bits need equal numbers of threads.
  for (const name of ['OMP_NUM_THREADS', 'TF_NUM_INTRAOP_THREADS', 'PIXELRNN_THREADS'])
    process.env[name] = '1';
  mkdirSync(join(base, 'cluster'));
  cluster = await Cluster.start(join(base, 'cluster'));
  environment = cluster.environment;
  const local = join(base, 'local');
  const reference = exp(environment, ...ownArgs(images, local, '--seeds', '0,1', '--jobs', '2'));
  limited = reference.then(() => timeLimited());
  limited.catch(() => {}); // the test that asks for it says so
  expect(await reference).toMatchObject({ status: 0 });
  for (const seed of [0, 1]) {
    expected.push(await outcome(join(local, 'own', 'runs', 'pixelcnn', `seed-${seed}`)));
  }
});
afterAll(() => cluster?.stop());

/** Launches seed 0, or those that are asked for, away from the node of {@link timeLimited}. */
async function launch(name: string, ...args: string[]): Promise<LaunchedGrid> {
  const out = join(base, name);
  const all = ['--launcher', 'slurm', '--sbatch', 'exclude=n3', ...args];
  const { status, text } = await exp(environment, ...ownArgs(images, out, ...all));
  expect(text).toMatch(/^own: submitted as job \d+ with \d tasks?\. How they stand: pnpm exp status own /m);
  expect(status).toBe(0);
  return new LaunchedGrid(cluster, out);
}

async function timeLimited(): Promise<LaunchedGrid> {
  const out = join(base, 'limited');
  const args = ['--launcher', 'slurm', '--sbatch', 'nodelist=n3', '--time', '2', '--signal-before', '60'];
  expect(await exp(environment, ...ownArgs(images, out, ...args))).toMatchObject({ status: 0 });
  const grid = new LaunchedGrid(cluster, out);
  const { pid } = await grid.caught();
  await goOnWith('SIGUSR2', pid);
  return grid;
}

/** The run is what it would have been at home, and went on from a checkpoint with every start but the first. */
async function expectWhole(grid: LaunchedGrid, starts = 2, submission = 1): Promise<void> {
  await grid.done();
  expect(await outcome(grid.runFolder())).toEqual(expected[0]);
  const began = [...grid.log(0, submission).matchAll(/restart (\d+), from step (\d+)$/gm)];
  expect(began.map(([, restart]) => Number(restart))).toEqual(Array.from({ length: starts }, (_, i) => i));
  for (const [, , step] of began.slice(1)) expect(Number(step)).toBeGreaterThan(0);
}

/** Starts a node's slurmd again. */
async function revive(node: NodeName): Promise<void> {
  cluster.startNode(node);
  await until(`${node} is back`, async () =>
    /idle|mix|alloc/.test(await cluster.command('sinfo', '-h', '-n', node, '-p', 'main', '-o', '%T')),
  );
}

it('an array runs to its end; status and collect tell of it', async () => {
  const grid = await launch('array', '--seeds', '0,1', '--array-limit', '2');
  const { out } = grid;
  const pids = [0, 1].map(async (seed) => (await grid.caught({ seed })).pid);
  await Promise.all(pids);
  const again = await exp(environment, ...ownArgs(images, out, '--launcher', 'slurm'));
  expect(again).toMatchObject({
    status: 1,
    text: expect.stringMatching(/seed 0 (waits|runs) already as \d+_0/),
  });
  const running = await exp(environment, 'status', 'own', '--out', out);
  expect(running.text).toMatch(/^own +pixelcnn +0 .* running as \d+_0 on n[12]$/m);
  for (const pid of pids) process.kill(await pid, 'SIGCONT');
  for (const seed of [0, 1]) {
    await grid.done(seed);
    expect(await outcome(grid.runFolder(seed))).toEqual(expected[seed]);
  }
  await until('both say so', async () => [0, 1].every((task) => grid.end(0, 1, task)?.state === 'done'));
  const collected = await exp(environment, 'collect', 'own', '--out', out);
  expect(collected).toMatchObject({ status: 0, text: expect.stringContaining('PixelCNN') });
  const table = JSON.parse(readFileSync(join(out, 'own', 'table.json'), 'utf8'));
  expect(table.rows[0]).toMatchObject({ name: 'pixelcnn', seeds: [0, 1] });
});

it('a run that an administrator puts back into the queue resumes', async () => {
  const grid = await launch('requeue');
  const { pid } = await grid.caught();
  await cluster.command('scontrol', 'requeue', await grid.job());
  await goOnWith('SIGTERM', pid);
  await until('it has saved', async () => grid.end(0)?.state === 'stopped');
  await grid.release();
  await expectWhole(grid);
});

it('a run that is preempted by the urgent partition resumes', async () => {
  const grid = await launch('preempted');
  const { node, pid } = await grid.caught();
  const urgent = ['--partition=urgent', `--nodelist=${node}`, '--exclusive', '--output=/dev/null'];
  await cluster.command('sbatch', ...urgent, '--wrap=sleep 1');
  await goOnWith('SIGTERM', pid);
  await until('it has saved', async () => grid.end(0)?.state === 'stopped');
  await grid.release();
  await expectWhole(grid);
});

it('a run whose node dies resumes elsewhere', async () => {
  const grid = await launch('node-killed');
  const { node } = await grid.caught();
  await cluster.killNode(node);
  await grid.release();
  expect(await grid.startedAgain()).not.toBe(node);
  expect(grid.end(0)).toBeNull();
  await expectWhole(grid);
  await revive(node);
});

it('a run that a node has gone on with alone is fenced off', async () => {
  const grid = await launch('slurmd-killed');
  const { node, pid } = await grid.caught();
  await cluster.kill(node);
  await grid.release();
  expect(await grid.startedAgain()).not.toBe(node);
  await grid.takenOver();
  process.kill(pid, 'SIGCONT');
  await until('the earlier start gives up', async () =>
    /pnpm exp: pixelcnn, seed 0: .* was taken over by (restart 1 of submission 1 on|a later start)/.test(
      grid.log(),
    ),
  );
  expect(grid.log()).toMatch(/this one, restart 0 of submission 1 on .*, stops and writes nothing more\.$/m);
  await until('its process ends', async () => !existsSync(`/proc/${pid}`));
  await expectWhole(grid);
  await revive(node);
});

it('a run that is cancelled stays cancelled, and resumes where it is launched again', async () => {
  const grid = await launch('cancelled');
  const first = await grid.caught();
  const cancelled = await exp(environment, 'cancel', 'own', '--out', grid.out);
  await goOnWith('SIGTERM', first.pid);
  expect(cancelled).toMatchObject({ status: 0, text: expect.stringMatching(/^cancelled: \d+$/m) });
  await until('it has saved', async () => grid.end(0)?.state === 'cancelled');
  await until('Slurm has cancelled it', async () => (await grid.queued())?.state === 'CANCELLED');
  // By scancel, behind the launcher's back.
  await launch('cancelled');
  const second = await grid.caught({ submission: 2 });
  await cluster.command('scancel', await grid.job(2));
  await goOnWith('SIGTERM', second.pid);
  await until('it has saved again', async () => grid.end(0, 2)?.state === 'cancelled');
  await until('Slurm has cancelled it', async () => (await grid.queued(0, 2))?.state === 'CANCELLED');
  const collected = await exp(environment, 'collect', 'own', '--out', grid.out);
  expect(collected).toMatchObject({
    status: 1,
    text: expect.stringContaining('pixelcnn, seed 0: cancelled'),
  });
  await launch('cancelled');
  await expectWhole(grid, 1, 3);
  expect(existsSync(grid.submission(4))).toBe(false);
});

it('a run goes on while the controller is away', async () => {
  const grid = await launch('controller');
  const { pid } = await grid.caught();
  await cluster.saved(await grid.job());
  await cluster.kill('slurmctld');
  process.kill(pid, 'SIGCONT');
  const step = stepOf(grid);
  await until('it goes on', async () => stepOf(grid) > step);
  cluster.startController();
  await expectWhole(grid, 1);
  await until('it is over', async () => (await grid.queued())?.state === 'COMPLETED');
});

/** Steps of its last checkpoint. */
const stepOf = (grid: LaunchedGrid): number =>
  JSON.parse(readFileSync(join(grid.runFolder(), 'checkpoint', 'model.json'), 'utf8')).training.progress.step;

it('a run that is killed is lost, and is submitted again', async () => {
  const grid = await launch('lost');
  process.kill((await grid.caught()).pid, 'SIGKILL');
  await until('Slurm sees it', async () => (await grid.queued())?.state === 'FAILED');
  const status = await exp(environment, 'status', 'own', '--out', grid.out);
  expect(status.text).toMatch(/lost \(Slurm says FAILED \(.*log-0\.txt:\d+: .*\)\): pnpm exp collect own/);
  const collected = await exp(environment, 'collect', 'own', '--out', grid.out);
  expect(collected.text).toMatch(/lost \(.*\), submitted again as \d+_0, resubmission 1 of at most 3/);
  expect(collected.status).toBe(0);
  await expectWhole(grid, 1, 2);
});

it('a task whose node does not see the folder fails with a sentence', async () => {
  const grid = await launch('unshared', '--sbatch', 'hold');
  rmSync(join(grid.submission(), 'submission.json'));
  const job = await grid.job();
  await cluster.command('scontrol', 'release', job);
  await until('it fails', async () => (await grid.queued())?.state === 'FAILED');
  expect(grid.log()).toBe(
    `pnpm exp: ${grid.submission()} is not there on this node: --out must be a folder that all nodes share.\n`,
  );
});

it("a run that Slurm's time limit would end saves before, puts itself back and resumes", async () => {
  const grid = await limited;
  await until('it has saved', async () => grid.end(0)?.state === 'requeued');
  await grid.release();
  await expectWhole(grid);
  expect(grid.log()).toMatch(/saved before the time is over: \d+_0 goes back into the queue/);
});
