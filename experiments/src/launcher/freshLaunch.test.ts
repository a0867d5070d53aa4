import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import { formatStatus } from '../runner/printStatus.js';
import { planWork } from '../runner/runExperiment.js';
import { runStatuses } from '../runner/runStatus.js';
import { table4 } from '../table4.js';
import { cancel } from './cancel.js';
import { collect } from './collect.js';
import { gridStates } from './gridStates.js';
import type { QueuedTask } from './queue.js';
import { slurmLauncher } from './slurmLauncher.js';
import { slurmDefaults } from './slurmOptions.js';
import { readSubmissions } from './submission.js';
import { withSubmitted } from './submittedStatuses.js';
import { noteStart } from './taskNotes.js';
import { FakeSlurm } from './testing/fakeSlurm.js';
import { finishedRun } from './testing/finishedRun.js';

let out: string;
let slurm: FakeSlurm;
beforeEach(async () => {
  out = await temporaryFolder();
  slurm = new FakeSlurm();
});

const launch = async (seeds: number[], set: Record<string, unknown> = {}) => {
  const all = { data: 'seeded', ...set };
  const asked = { preset: 'smoke' as const, rows: ['pixelcnn'], seeds, set: all, out, log: () => {} };
  const work = await planWork(table4, { ...asked, fresh: true });
  return slurmLauncher({ ...slurmDefaults, sbatch: {} }, slurm).launch(work);
};
const submission = (number: number) => join(out, 'table4', 'slurm', String(number));
const begin = (task: number, number = 1) =>
  noteStart(submission(number), task, 0, { host: 'h', job: `1_${task}`, step: 0, stalled: 0 });
/** What a task leaves that has emptied its run folder. */
const discard = async (task: number, number = 1) => {
  const folder = join(out, 'table4', 'runs', 'pixelcnn', `seed-${task}`);
  await rm(folder, { recursive: true, force: true });
  await writeFile(join(submission(number), `discarded-${task}.json`), '{}\n');
};
const states = async (queue: QueuedTask[] | null = slurm.jobs) =>
  (await gridStates(out, 'table4', queue)).map(({ state }) => state.state);
const status = async (queue: QueuedTask[] | null) =>
  formatStatus(await withSubmitted(await runStatuses(out), out, ['table4'], queue)).at(-1);

describe('a fresh launch over a finished run', () => {
  it('is not done by the result that it is to throw away', async () => {
    await finishedRun(out, 0);
    await launch([0], { h: 8 });
    expect(await states()).toEqual(['waiting']);
    expect(await states(null)).toEqual(['unknown']);
    expect(await status(null)).toMatch(/ submitted; squeue could not be asked$/);
    await cancel(out, 'table4', slurm);
    slurm.change(1, 0, { state: 'CANCELLED' });
    expect(await states()).toEqual(['cancelled']);
    expect(await status(slurm.jobs)).toMatch(/ cancelled$/);
    const { open, failed } = await collect(table4, out, slurm);
    expect(open).toEqual(['pixelcnn, seed 0: cancelled']);
    expect(failed).toBe(true);
  });

  it('is done by the result that it has after that, though it could not say so', async () => {
    await finishedRun(out, 0);
    await launch([0]);
    await begin(0);
    slurm.jobs = [];
    await discard(0);
    expect(await states()).toEqual(['lost']);
    await finishedRun(out, 0);
    expect(await states()).toEqual(['done']);
  });

  it('that is lost is submitted again: to begin anew where it has thrown nothing away, else to go on', async () => {
    for (const seed of [0, 1]) await finishedRun(out, seed);
    await launch([0, 1]);
    for (const task of [0, 1]) {
      await begin(task);
      slurm.change(1, task, { state: 'NODE_FAIL' });
    }
    await discard(1);
    expect(await states()).toEqual(['lost', 'lost']);
    const { open, failed } = await collect(table4, out, slurm);
    expect(open).toEqual([
      'pixelcnn, seed 0: lost (Slurm says NODE_FAIL), submitted again as 2_0, resubmission 1 of at most 3',
      'pixelcnn, seed 1: lost (Slurm says NODE_FAIL), submitted again as 3_0, resubmission 1 of at most 3',
    ]);
    expect(failed).toBe(false);
    const [, anew, onward] = await readSubmissions(out, 'table4');
    const again = { row: 'pixelcnn', resubmissions: 1 };
    expect(anew).toMatchObject({ fresh: true, tasks: [{ ...again, seed: 0, hadResult: true }] });
    expect(onward).toMatchObject({ fresh: false, tasks: [{ ...again, seed: 1, hadResult: false }] });
    // A result of its own is enough for the one that went on.
    await begin(0, 3);
    slurm.jobs = [];
    await finishedRun(out, 1);
    expect((await states())[1]).toBe('done');
  });

  it('takes no notice of a result that is damaged', async () => {
    const folder = await finishedRun(out, 0);
    await writeFile(join(folder, 'result.json'), '{');
    await launch([0]);
    expect(await states()).toEqual(['waiting']);
    slurm.change(1, 0, { state: 'CANCELLED' });
    const { open, failed } = await collect(table4, out, slurm);
    expect(open).toEqual([
      'pixelcnn, seed 0: cancelled',
      expect.stringMatching(/^pixelcnn, seed 0: left out: .*result\.json should be what a run wrote/),
    ]);
    expect(failed).toBe(true);
  });
});
