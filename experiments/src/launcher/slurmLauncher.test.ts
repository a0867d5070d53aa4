import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockRunFolder } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { formatStatus, printStatus } from '../runner/printStatus.js';
import { type ExperimentOptions, planWork } from '../runner/runExperiment.js';
import { runStatuses } from '../runner/runStatus.js';
import { table4 } from '../table4.js';
import { table5 } from '../table5.js';
import { cancel } from './cancel.js';
import { collect } from './collect.js';
import { slurmCommands } from './slurm.js';
import { previewSubmission, slurmLauncher } from './slurmLauncher.js';
import { slurmDefaults } from './slurmOptions.js';
import { readSubmissions } from './submission.js';
import { withSubmitted } from './submittedStatuses.js';
import { noteEnd, noteStart } from './taskNotes.js';
import { FakeSlurm } from './testing/fakeSlurm.js';
import { finishedRun } from './testing/finishedRun.js';

let out: string;
let slurm: FakeSlurm;
let lines: string[];
beforeEach(async () => {
  out = await temporaryFolder();
  slurm = new FakeSlurm();
  lines = [];
});

const slurmOptions = { ...slurmDefaults, sbatch: {} };
const options = (more: Partial<ExperimentOptions> = {}): ExperimentOptions => ({
  preset: 'smoke',
  rows: ['pixelcnn'],
  seeds: [0, 1],
  set: { data: 'seeded' },
  out,
  log: (line) => lines.push(line),
  ...more,
});
const launch = async (more: Partial<ExperimentOptions> = {}, experiment = table4) =>
  slurmLauncher(slurmOptions, slurm).launch(await planWork(experiment, options(more)));
const submission = (number: number) => join(out, 'table4', 'slurm', String(number));
const finish = (seed: number, settings?: object) => finishedRun(out, seed, settings);
const begun = { host: 'h', job: '1_0', step: 0, stalled: 0 };

describe('a launch', () => {
  it('is one array job for all rows and seeds', async () => {
    const launched = await launch({ rows: ['pixelcnn', 'row-lstm'], set: { data: 'seeded', steps: 3 } });
    expect(launched).toEqual({ failures: [], submitted: { job: 1, tasks: 4 } });
    const [written] = await readSubmissions(out, 'table4');
    expect(written).toMatchObject({
      experiment: 'table4',
      preset: 'smoke',
      rows: ['pixelcnn', 'row-lstm'],
      set: { data: 'seeded', steps: 3 },
      out,
      fresh: false,
    });
    expect(written?.tasks.map(({ row, seed }) => `${row} ${seed}`)).toEqual([
      'pixelcnn 0',
      'pixelcnn 1',
      'row-lstm 0',
      'row-lstm 1',
    ]);
    expect(slurm.scripts).toEqual([await readFile(join(submission(1), 'job.sh'), 'utf8')]);
    expect(slurm.scripts[0]).toContain('#SBATCH --array=0-3\n');
  });

  it('has rows that are computed too, once, and no row that measures what is not trained', async () => {
    await launch({ rows: ['uniform', 'gaussian'], set: {} }, table5);
    const [written] = await readSubmissions(out, 'table5');
    expect(written?.tasks.map(({ row, seed }) => `${row} ${seed}`)).toEqual(['uniform 0', 'gaussian 0']);
  });

  it('leaves out what is done, runs what is done with other settings, and submits nothing where all is done', async () => {
    await finish(0);
    await finish(1, { steps: 2 });
    await launch();
    expect(lines).toEqual([expect.stringContaining('PixelCNN, seed 0: already done')]);
    const [written] = await readSubmissions(out, 'table4');
    expect(written?.tasks).toEqual([{ row: 'pixelcnn', seed: 1, resubmissions: 0, hadResult: true }]);
    expect(await launch({ seeds: [0] })).toEqual({ failures: [], submitted: null });
    await launch({ seeds: [0], fresh: true });
    expect((await readSubmissions(out, 'table4')).at(-1)?.tasks).toEqual([
      { row: 'pixelcnn', seed: 0, resubmissions: 0, hadResult: true },
    ]);
  });

  it('is refused where one of its runs waits or runs already; another row is not', async () => {
    await launch();
    await expect(launch({ seeds: [1] })).rejects.toThrow(
      `pixelcnn, seed 1 waits already as 1_1, submitted before into ${out}: pnpm exp status table4 --out ${out} tells how it stands, pnpm exp cancel table4`,
    );
    slurm.change(1, 1, { state: 'RUNNING' });
    await expect(launch({ seeds: [1] })).rejects.toThrow('pixelcnn, seed 1 runs already as 1_1');
    await launch({ rows: ['row-lstm'] });
    const [first, second] = await readSubmissions(out, 'table4');
    expect(second?.number).toBe(2);
    expect(second?.series).toBe(first?.series);
    slurm.change(1, 1, { state: 'FAILED' });
    expect((await launch({ seeds: [1] })).submitted).toEqual({ job: 3, tasks: 1 });
  });

  it('is refused while another process submits into the folder', async () => {
    const lock = await lockRunFolder(join(out, 'table4', 'slurm'));
    await expect(launch()).rejects.toThrow(`${join(out, 'table4', 'slurm')} is in use by`);
    await lock.release();
  });

  it('leaves nothing where sbatch refuses, nor where there is no Slurm', async () => {
    const refusing = new FakeSlurm();
    refusing.submit = () => Promise.reject(new Error('invalid partition'));
    const work = await planWork(table4, options());
    await expect(slurmLauncher(slurmOptions, refusing).launch(work)).rejects.toThrow('invalid partition');
    expect(await readdir(join(out, 'table4', 'slurm'))).toEqual([]);
    vi.stubEnv('PATH', '/nowhere');
    const elsewhere = await planWork(table4, options({ out: join(out, 'other') }));
    await expect(slurmLauncher(slurmOptions, slurmCommands).launch(elsewhere)).rejects.toThrow(
      "Slurm's squeue was not found: run this on a machine of the cluster that has Slurm's commands, or without --launcher slurm.",
    );
    vi.unstubAllEnvs();
    expect(existsSync(join(out, 'other'))).toBe(false);
  });

  it('can be looked at before, without Slurm', async () => {
    await finish(0);
    const text = await previewSubmission(await planWork(table4, options()), slurmOptions);
    expect(text).toContain('#SBATCH --array=0-0\n');
    expect(text).toMatch(/# PixelCNN, seed 0: already done .*\n# task 0: pixelcnn, seed 1$/);
    expect(existsSync(join(out, 'table4', 'slurm'))).toBe(false);
  });
});

describe('what was submitted', () => {
  it('is told by status: what waits, runs, failed with which line, is lost, was cancelled', async () => {
    await launch({ seeds: [0, 1, 2, 3, 4] });
    slurm.change(1, 0, { state: 'RUNNING', nodes: 'n2', restarts: 2 });
    for (const task of [2, 3, 4]) slurm.change(1, task, null);
    const message = 'no data';
    for (const task of [2, 3, 4]) await noteStart(submission(1), task, 0, begun);
    await noteEnd(submission(1), 2, 0, { state: 'failed', message });
    await writeFile(
      join(submission(1), 'log-2.txt'),
      'Engine: cpu\npnpm exp: pixelcnn, seed 2: no data\nbye\n',
    );
    await writeFile(join(submission(1), 'log-3.txt'), 'Engine: cpu\nKilled\n\n');
    await noteEnd(submission(1), 4, 0, { state: 'cancelled' });
    // The lock of a process on the node that died.
    const folder = join(out, 'table4', 'runs', 'pixelcnn', 'seed-3');
    await mkdir(folder, { recursive: true });
    const owner = { id: 'x', pid: 1, started: '', host: 'elsewhere' };
    await writeFile(join(folder, 'lock.json'), JSON.stringify(owner));
    const read = await runStatuses(out);
    const found = await withSubmitted(read, out, ['table4'], slurm.jobs);
    const states = formatStatus(found)
      .slice(1)
      .sort()
      .map((line) => line.replace(/^table4 +pixelcnn +/, ''));
    const log = (task: number, line: number) => join(submission(1), `log-${task}.txt:${line}`);
    expect(states).toEqual([
      expect.stringMatching(/^0 .* running as 1_0 on n2, restart 2$/),
      expect.stringMatching(/^1 .* waiting as 1_1 \(Resources\)$/),
      expect.stringContaining(`failed: pixelcnn, seed 2: no data (${log(2, 2)})`),
      expect.stringContaining(
        `lost (gone from squeue and no result (${log(3, 2)}: Killed)): pnpm exp collect table4 --out ${out} submits it again`,
      ),
      expect.stringMatching(/^4 .* cancelled$/),
    ]);
    // Without squeue what the folders say is not lost.
    vi.spyOn(console, 'log').mockImplementation((text) => lines.push(...text.split('\n')));
    const error = vi.spyOn(console, 'error').mockImplementation(() => {});
    vi.stubEnv('PATH', '/nowhere');
    expect(await printStatus(out, 'table4', slurmCommands)).toBe(false);
    vi.unstubAllEnvs();
    expect(error.mock.calls.flat()).toEqual([expect.stringContaining("Slurm's squeue was not found")]);
    expect(lines.join('\n')).toMatch(/running in process 1 on elsewhere/);
    vi.restoreAllMocks();
  });

  it('is submitted again where it is lost, so often and no more; the table has what is there', async () => {
    await launch({ seeds: [1] });
    for (let time = 1; time <= 3; time++) {
      slurm.jobs = [];
      await noteStart(submission(time), 0, 0, begun);
      const { open, failed } = await collect(table4, out, slurm);
      expect(open).toEqual([
        `pixelcnn, seed 1: lost (gone from squeue and no result), submitted again as ${time + 1}_0, resubmission ${time} of at most 3`,
      ]);
      expect(failed).toBe(false);
    }
    slurm.jobs = [];
    await noteStart(submission(4), 0, 0, begun);
    await finish(0);
    const { open, failed, table } = await collect(table4, out, slurm);
    expect(open).toEqual([
      'pixelcnn, seed 1: lost again after 3 resubmissions: gone from squeue and no result',
    ]);
    expect(failed).toBe(true);
    expect(table.rows.find(({ name }) => name === 'pixelcnn')).toMatchObject({ seeds: [0], test: 90 });
    expect(slurm.scripts).toHaveLength(4);
    const tasks = (await readSubmissions(out, 'table4')).flatMap((each) => each.tasks);
    expect(tasks.map(({ resubmissions }) => resubmissions)).toEqual([0, 1, 2, 3]);
  });

  it('stays cancelled', async () => {
    await launch();
    slurm.change(1, 1, null);
    await noteStart(submission(1), 1, 0, begun); // lost
    expect(await cancel(out, 'table4', slurm)).toEqual([1]);
    expect(slurm.cancelled).toEqual(['1']);
    slurm.jobs = [];
    const { open, failed } = await collect(table4, out, slurm);
    expect(open).toEqual(['pixelcnn, seed 0: cancelled', 'pixelcnn, seed 1: cancelled']);
    expect(failed).toBe(true);
    expect(slurm.scripts).toHaveLength(1);
    expect(await cancel(out, 'table4', slurm)).toEqual([]);
    expect((await launch()).submitted).toEqual({ job: 2, tasks: 2 });
  });

  it('is a sentence where it is nothing', async () => {
    const message = `Nothing of table4 was submitted to Slurm into ${out}: pnpm exp table4 --launcher slurm --out ${out} does`;
    await expect(collect(table4, out, slurm)).rejects.toThrow(message);
    await expect(cancel(out, 'table4', slurm)).rejects.toThrow(message);
  });
});
