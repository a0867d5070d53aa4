import { expect, it } from 'vitest';
import type { QueuedTask } from './queue.js';
import type { TaskNotes } from './taskNotes.js';
import { type KnownOfTask, taskState } from './taskState.js';

const queued = (state: string, restarts = 0): QueuedTask => ({
  name: 'a',
  job: 12,
  task: 3,
  state,
  reason: 'Priority',
  nodes: 'n2',
  restarts,
});
const notes = (end: TaskNotes['end'], restart = 0): TaskNotes => ({
  restart,
  start: { host: 'h', job: '12_3', step: 0, stalled: 0 },
  end,
});
const known = (part: Partial<KnownOfTask>): KnownOfTask => ({
  queued: null,
  notes: undefined,
  cancelled: false,
  hasResult: false,
  hadResult: false,
  ...part,
});
const ended = (state: 'done' | 'failed' | 'requeued' | 'stopped' | 'cancelled', restart = 0) =>
  notes(state === 'failed' ? { state, message: 'no data' } : { state }, restart);

it.each<[string, Partial<KnownOfTask>, object]>([
  [
    'waits',
    { queued: queued('PENDING') },
    { state: 'waiting', job: '12_3', reason: 'Priority', restarts: 0 },
  ],
  ['runs', { queued: queued('RUNNING', 2) }, { state: 'running', job: '12_3', nodes: 'n2', restarts: 2 }],
  ['is done by its result', { hasResult: true, notes: notes(null) }, { state: 'done' }],
  [
    'is done by its word, in the queue still',
    { queued: queued('COMPLETING'), notes: ended('done') },
    { state: 'done' },
  ],
  ['is done, and nobody can be asked', { queued: undefined, hasResult: true }, { state: 'done' }],
  [
    'waits, whatever result was there before',
    { queued: queued('PENDING'), hasResult: true, hadResult: true },
    { state: 'waiting' },
  ],
  [
    'was lost, whatever result was there before',
    { notes: notes(null), hasResult: true, hadResult: true },
    { state: 'lost' },
  ],
  ['has failed', { notes: ended('failed') }, { state: 'failed', message: 'no data' }],
  [
    'has failed and runs again',
    { notes: ended('failed'), queued: queued('RUNNING', 1) },
    { state: 'running' },
  ],
  [
    'is lost: gone and no word',
    { notes: notes(null) },
    { state: 'lost', why: 'gone from squeue and no result' },
  ],
  [
    'is lost: killed',
    { notes: notes(null), queued: queued('FAILED') },
    { state: 'lost', why: 'Slurm says FAILED' },
  ],
  [
    'is lost: saved when its time was over, and Slurm did not put it back',
    { notes: ended('stopped'), queued: queued('TIMEOUT') },
    { state: 'lost', why: 'Slurm says TIMEOUT' },
  ],
  ['is gone: never began', {}, { state: 'gone' }],
  ['is gone: it was in the queue again', { notes: ended('requeued') }, { state: 'gone' }],
  [
    'did not begin',
    { queued: queued('FAILED') },
    { state: 'failed', message: 'it did not begin: Slurm says FAILED' },
  ],
  [
    'was cancelled, and says so',
    { notes: ended('cancelled'), queued: queued('COMPLETING') },
    { state: 'cancelled' },
  ],
  ['was cancelled, Slurm says', { queued: queued('CANCELLED'), notes: notes(null) }, { state: 'cancelled' }],
  ['was cancelled by pnpm exp cancel', { cancelled: true, notes: notes(null) }, { state: 'cancelled' }],
  ['was done before that', { cancelled: true, hasResult: true }, { state: 'done' }],
  [
    'goes back into the queue',
    { queued: queued('COMPLETING', 1), notes: ended('stopped') },
    { state: 'waiting' },
  ],
  ['nobody can be asked about', { queued: undefined, notes: notes(null) }, { state: 'unknown' }],
])('a task %s', (_, part, expected) => expect(taskState(known(part))).toMatchObject(expected));
