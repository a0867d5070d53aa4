import { FileError, isDiskFull } from '@pixelrnn/files';
import { alone, type Communicator } from '@pixelrnn/mpi';
import { describe, expect, it } from 'vitest';
import { TrainingError } from '../trainingError.js';
import { isCommon, Ranks } from './ranks.js';

/** A rank of two. What it broadcasts is kept; the other rank's bits, and what rank 0 sends, are given. */
function rankOfTwo(rank: number, { bits = 0, sent }: { bits?: number; sent?: Uint8Array } = {}) {
  const broadcasts: Uint8Array[] = [];
  const communicator: Communicator = {
    ...alone,
    rank,
    size: 2,
    agree: (own) => own | bits,
    broadcast(bytes) {
      if (rank === 0) broadcasts.push(bytes as Uint8Array);
      return sent ?? (bytes as Uint8Array);
    },
  };
  return { communicator, broadcasts };
}

const never = new AbortController().signal;
const asked = (name: 'SIGINT' | 'SIGTERM') => AbortSignal.abort(new TrainingError('interrupted', name, name));
const clocks = { timeIsUp: true, checkpointIsDue: false };
const failure = (body: () => unknown) => {
  try {
    body();
  } catch (error) {
    return error as TrainingError;
  }
  throw new Error('nothing was thrown');
};

describe('what a step begins with', () => {
  it("is this process's own where it is alone, and the signal's reason where it is to stop", () => {
    expect(new Ranks(alone, never).decide(clocks)).toEqual(clocks);
    const ranks = new Ranks(alone, asked('SIGTERM'));
    const error = failure(() => ranks.decide(clocks));
    expect(ranks.isStop(error)).toBe(true);
    expect(ranks.isStop(new TrainingError('interrupted', 'SIGTERM'))).toBe(false);
  });

  it("is what rank 0's clock says", () => {
    expect(new Ranks(rankOfTwo(0).communicator, never).decide(clocks)).toEqual(clocks);
    const late = { timeIsUp: true, checkpointIsDue: true };
    expect(new Ranks(rankOfTwo(1).communicator, never).decide(late)).toEqual({
      timeIsUp: false,
      checkpointIsDue: false,
    });
    expect(new Ranks(rankOfTwo(1, { bits: 2 }).communicator, never).decide(clocks)).toEqual({
      timeIsUp: false,
      checkpointIsDue: true,
    });
  });

  it('is the same stop on a rank that was asked to and on one that was not', () => {
    const own = new Ranks(rankOfTwo(1).communicator, asked('SIGINT'));
    expect(failure(() => own.decide(clocks))).toMatchObject({ code: 'interrupted', exitCode: 130 });
    const other = new Ranks(rankOfTwo(0, { bits: 8 }).communicator, never);
    const error = failure(() => other.throwIfStopped());
    expect(error).toMatchObject({ code: 'interrupted', exitCode: 143 });
    expect([other.isStop(error), isCommon(error)]).toEqual([true, true]);
  });
});

describe('what rank 0 does for all', () => {
  it('has its result everywhere', async () => {
    const first = rankOfTwo(0);
    const value = { weights: Float32Array.of(1, 2), step: 3 };
    expect(await new Ranks(first.communicator, never).fromFirst(() => value)).toBe(value);
    const { communicator } = rankOfTwo(1, { sent: first.broadcasts[0] as Uint8Array });
    const there = await new Ranks(communicator, never).fromFirst<typeof value>(() => {
      throw new Error('done on another rank');
    });
    expect(there).toEqual(value);
  });

  it.each([
    new TrainingError('non-finite', 'It is not finite.'),
    new FileError('unwritable', 'Full.', { cause: Object.assign(new Error('no space'), { code: 'ENOSPC' }) }),
    Object.assign(new Error('gone'), { code: 'ENOENT' }),
  ])('fails everywhere in the same way: %s', async (error) => {
    const first = rankOfTwo(0);
    const failing = new Ranks(first.communicator, never).onFirst(() => Promise.reject(error));
    await expect(failing).rejects.toBe(error);
    const { communicator } = rankOfTwo(1, { sent: first.broadcasts[0] as Uint8Array });
    const there = await new Ranks(communicator, never).onFirst(() => {}).catch((its: unknown) => its);
    expect(there).toMatchObject({ name: error.name, message: error.message, code: error.code });
    expect(isDiskFull(there)).toBe(isDiskFull(error));
    expect([isCommon(error), isCommon(there)]).toEqual([true, true]);
    expect(there).toBeInstanceOf(error.constructor);
  });

  it('stops all where it was asked to stop in it', async () => {
    const first = rankOfTwo(0);
    const signal = asked('SIGTERM');
    const ranks = new Ranks(first.communicator, signal);
    const error = await ranks.onFirst(() => signal.throwIfAborted()).catch((its: unknown) => its);
    const other = new Ranks(rankOfTwo(1, { sent: first.broadcasts[0] as Uint8Array }).communicator, never);
    const there = await other.onFirst(() => {}).catch((its: unknown) => its);
    expect([ranks.isStop(error), other.isStop(there)]).toEqual([true, true]);
    expect(there).toMatchObject({ code: 'interrupted', signal: 'SIGTERM' });
  });
});

it('an error of one rank alone is not common, one of what all do alike is', async () => {
  const error = new Error('x');
  expect(isCommon(error)).toBe(false);
  await expect(new Ranks(alone, never).alike(() => Promise.reject(error))).rejects.toBe(error);
  expect(isCommon(error)).toBe(true);
  expect(isCommon('x')).toBe(false);
});

it('every rank must have an image of every batch', () => {
  const ranks = new Ranks({ ...rankOfTwo(0).communicator, size: 9 }, never);
  ranks.requireWork(9);
  expect(() => ranks.requireWork(8)).toThrow(
    'batchSize must be at least the number of ranks, so that each has an image of every batch, got 8 for 9 ranks',
  );
});
