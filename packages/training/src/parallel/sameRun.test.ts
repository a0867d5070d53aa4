import { alone, type Communicator } from '@pixelrnn/mpi';
import { expect, it } from 'vitest';
import { isCommon } from './ranks.js';
import { requireSameRun, requireSameState } from './sameRun.js';

/** Ranks of which the last two would send `others`. */
const ranks = (...others: object[]): Communicator => ({
  ...alone,
  size: 1 + others.length,
  gather: (bytes) => [bytes, ...others.map((other) => Buffer.from(JSON.stringify(other)))],
});

const description = { config: { batchSize: 16, seed: 1 }, train: { name: 'stripes', shape: [6, 6, 1] } };
const failure = (body: () => void) => {
  try {
    body();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

it('ranks with the same description go on; so does one alone, which asks nobody', () => {
  requireSameRun(ranks({ host: 'a', description }, { host: 'b', description }), description);
  const silent = { ...alone, gather: () => expect.fail('one rank has nobody to ask') };
  requireSameRun(silent, description);
  requireSameState(silent, { weights: 'a', images: 'b' }, { step: 1, saved: 'none' });
});

it('the first rank that differs is named, with what it has and what rank 0 has', () => {
  const other = { config: { batchSize: 16, seed: 2 }, train: { name: 'stripes' }, more: 1 };
  const all = ranks({ host: 'a', description }, { host: 'node7', description: other });
  const error = failure(() => requireSameRun(all, description));
  expect(error.message).toBe(
    'Rank 2 on node7 would train something else (config.seed: 2 there, 1 on rank 0; train.shape: nothing there, ' +
      '[6,6,1] on rank 0; more: 1 there, nothing on rank 0): start all ranks with the same version, options, engine and data.',
  );
  expect(error).toMatchObject({ code: 'ranks', exitCode: 1 });
  expect(isCommon(error)).toBe(true);
});

it('weights that drift, and other images, are told with the last good checkpoint', () => {
  const own = { weights: 'a', images: 'b' };
  const at = { step: 40, saved: 'the last good checkpoint is of step 20, in runs/x' };
  requireSameState(ranks(own, own), own, at);
  expect(() => requireSameState(ranks(own, { ...own, weights: 'c' }), own, at)).toThrow(
    "The weights, or the state of its optimiser, of rank 2 differ from rank 0's after step 40; the last good checkpoint is of step 20, in runs/x.",
  );
  expect(() => requireSameState(ranks({ ...own, images: 'c' }), own, at)).toThrow(
    "The next images of rank 1 differ from rank 0's after step 40",
  );
});
