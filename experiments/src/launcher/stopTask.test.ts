import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { QueuedTask } from './queue.js';
import type { RunningTask } from './runningTask.js';
import type { Slurm } from './slurm.js';
import { SlurmError } from './slurmError.js';
import { stopTask } from './stopTask.js';
import { markCancelled, type Submission } from './submission.js';
import { Stopped } from './taskSignals.js';

let folder: string;
let task: RunningTask;
let lines: string[];
beforeEach(async () => {
  folder = join(await temporaryFolder(), '1');
  await mkdir(folder);
  lines = [];
  task = {
    submission: { folder } as Submission,
    number: 3,
    ordered: { row: 'pixelcnn', seed: 0, resubmissions: 0, hadResult: false },
    job: '12_3',
    start: { task: 'series', submission: 1, restart: 1 },
    runFolder: '',
    log: (line) => lines.push(line),
  };
});

type Answer = Pick<QueuedTask, 'state' | 'restarts'> | null | Error;

/** A queue that says one after the other, the last for ever. */
function slurmThatSays(...answers: Answer[]): Slurm & { requeued: string[] } {
  const requeued: string[] = [];
  let asked = 0;
  return {
    requeued,
    async queue() {
      const answer = answers[Math.min(asked++, answers.length - 1)] as Answer;
      if (answer instanceof Error) throw answer;
      const other = { name: '', job: 12, task: 2, state: 'RUNNING', reason: '', nodes: '', restarts: 0 };
      return answer === null ? [other] : [other, { ...other, task: 3, ...answer }];
    },
    requeue: async (job) => void requeued.push(job),
    submit: () => Promise.reject(new Error('not asked for')),
    cancel: () => Promise.reject(new Error('not asked for')),
  };
}

const running = { state: 'RUNNING', restarts: 1 };
const signals = (by: 'USR2' | 'TERM', terminated = by === 'TERM') => ({
  signal: AbortSignal.abort(new Stopped(by)),
  terminated: () => terminated,
});
const quick = { every: 1, patience: 5 };
const end = async () => JSON.parse(await readFile(join(folder, 'end-3-1.json'), 'utf8'));

describe('SIGUSR2', () => {
  it('puts the task back into the queue', async () => {
    const slurm = slurmThatSays(running);
    expect(await stopTask(task, signals('USR2'), slurm, quick)).toBe(0);
    expect(slurm.requeued).toEqual(['12_3']);
    expect(await end()).toEqual({ state: 'requeued' });
  });

  it.each<[string, Answer, boolean]>([
    ['the queue says that it is ended', { state: 'COMPLETING', restarts: 1 }, false],
    ['a SIGTERM has come meanwhile', running, true],
  ])('never does where %s', async (_, answer, terminated) => {
    const slurm = slurmThatSays(answer, { state: 'COMPLETING', restarts: 1 });
    expect(await stopTask(task, signals('USR2', terminated), slurm, quick)).toBe(143);
    expect(slurm.requeued).toEqual([]);
    expect(await end()).toEqual({ state: 'stopped' });
  });

  it('never does after pnpm exp cancel', async () => {
    await markCancelled(folder);
    const slurm = slurmThatSays(running, { state: 'COMPLETING', restarts: 1 });
    await stopTask(task, signals('USR2'), slurm, quick);
    expect(slurm.requeued).toEqual([]);
    expect(await end()).toEqual({ state: 'cancelled' });
  });

  it('tries again where the queue cannot be asked, or Slurm refuses for a moment', async () => {
    const slurm = slurmThatSays(new SlurmError('no answer'), running);
    const { requeue } = slurm;
    let refusals = 2;
    slurm.requeue = (job) => (refusals-- > 0 ? Promise.reject(new SlurmError('refused')) : requeue(job));
    expect(await stopTask(task, signals('USR2'), slurm, quick)).toBe(0);
    expect(slurm.requeued).toEqual(['12_3']);
    expect(await end()).toEqual({ state: 'requeued' });
    expect(lines).toEqual(['no answer', 'refused', 'refused', expect.stringContaining('goes back')]);
  });

  /** Terminated after it has been asked so often. */
  const terminatedAfter = (times: number) => {
    let asked = 0;
    return { ...signals('USR2'), terminated: () => asked++ >= times };
  };

  it.each<[string, Answer[]]>([
    ['its time is over', [running, { state: 'COMPLETING', restarts: 1 }]],
    ['the queue knows it no more', [running, null]],
    ['the queue is never heard of', [new SlurmError('no answer')]],
  ])(
    'that puts nothing back until Slurm ends the task says no word: it is lost where %s',
    async (_, answers) => {
      const slurm = slurmThatSays(...answers);
      slurm.requeue = () => Promise.reject(new SlurmError('refused'));
      expect(await stopTask(task, terminatedAfter(2), slurm, quick)).toBe(143);
      expect(existsSync(join(folder, 'end-3-1.json'))).toBe(false);
    },
  );

  it('that puts nothing back until somebody cancels the task says that', async () => {
    const slurm = slurmThatSays(new SlurmError('no answer'), { state: 'CANCELLED', restarts: 1 });
    expect(await stopTask(task, terminatedAfter(1), slurm, quick)).toBe(143);
    expect(await end()).toEqual({ state: 'cancelled' });
  });
});

describe('SIGTERM', () => {
  it.each<[string, Answer, string]>([
    ['was preempted and counts a restart more', { state: 'COMPLETING', restarts: 2 }, 'stopped'],
    ['waits again already', { state: 'PENDING', restarts: 2 }, 'stopped'],
    ['is known no more', null, 'stopped'],
    ['was cancelled', { state: 'COMPLETING', restarts: 1 }, 'cancelled'],
    ['was cancelled, and is over', { state: 'CANCELLED', restarts: 1 }, 'cancelled'],
  ])('waits for what becomes of it: it %s', async (_, answer, state) => {
    const slurm = slurmThatSays(running, new SlurmError('no answer'), running, answer);
    expect(await stopTask(task, signals('TERM'), slurm, quick)).toBe(143);
    expect(slurm.requeued).toEqual([]);
    expect(await end()).toEqual({ state });
    expect(lines).toContain('no answer');
  });

  it('is no failure where the queue is never heard of', async () => {
    const slurm = slurmThatSays(new SlurmError('no answer'));
    expect(await stopTask(task, signals('TERM'), slurm, quick)).toBe(143);
    expect(existsSync(join(folder, 'end-3-1.json'))).toBe(false);
  });

  it("that was not Slurm's is a failure, after a while", async () => {
    expect(await stopTask(task, signals('TERM'), slurmThatSays(running), quick)).toBe(143);
    expect(await end()).toMatchObject({ state: 'failed', message: expect.stringContaining('not by Slurm') });
  });
});
