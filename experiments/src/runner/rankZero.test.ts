import { deserialize, serialize } from 'node:v8';
import { alone, type Communicator } from '@pixelrnn/mpi';
import { afterEach, expect, test, vi } from 'vitest';
import { followRankZero, requireSameCommand } from './followRankZero.js';
import { type Order, RankZero, type SharedRun } from './rankZero.js';

afterEach(() => vi.restoreAllMocks());

/** A rank of two, with the orders that it gives. */
function rankOfTwo(rank: number, sent: readonly Order[] = []) {
  const orders: Order[] = [];
  const waiting = [...sent];
  const communicator: Communicator = {
    ...alone,
    rank,
    size: 2,
    broadcast(bytes) {
      if (rank > 0) return serialize(waiting.shift());
      orders.push(deserialize(bytes as Uint8Array) as Order);
      return bytes as Uint8Array;
    },
    leave: vi.fn(),
  };
  return { communicator, orders };
}

const run = { experiment: 'table4', row: 'no-such-row', seed: 0 } as unknown as SharedRun;

/** RankZero, and the listener that it has at the process's end. */
function rankZero(communicator: Communicator) {
  let exit: ((code: number) => void) | undefined;
  vi.spyOn(process, 'prependOnceListener').mockImplementationOnce((_, listener) => {
    exit = listener as unknown as typeof exit;
    return process;
  });
  return { ranks: new RankZero(communicator), exit: (code: number) => exit?.(code) };
}

test('the others have each run in turn, and end with its exit code', () => {
  const { communicator, orders } = rankOfTwo(0);
  const { ranks, exit } = rankZero(communicator);
  ranks.begin(run);
  ranks.end();
  exit(1);
  expect(orders).toEqual([{ run }, { end: 1 }]);
  expect(communicator.leave).toHaveBeenCalledOnce();
});

test('an end in the middle of a run is left to the communicator, which ends all', () => {
  const { communicator, orders } = rankOfTwo(0);
  const { ranks, exit } = rankZero(communicator);
  ranks.begin(run);
  exit(130);
  expect(orders).toEqual([{ run }]);
  expect(communicator.leave).not.toHaveBeenCalled();
});

test('another rank ends when it is told to; an error of its own ends all', async () => {
  const quiet = rankOfTwo(1, [{ end: 143 }]);
  expect(await followRankZero(quiet.communicator)).toBe(143);
  expect(quiet.communicator.leave).toHaveBeenCalledOnce();
  const failing = rankOfTwo(1, [{ run }]);
  await expect(followRankZero(failing.communicator)).rejects.toThrow(
    'table4 has no row no-such-row here: start all ranks with one version.',
  );
});

test('all ranks must have the same options; rank 0 says so, the others end', () => {
  const all = [['table4'], ['table5', '--fresh']].map((command) => serialize(command));
  const ranks = (rank: number) => ({ ...rankOfTwo(rank).communicator, gather: () => all });
  expect(() => requireSameCommand(ranks(0), ['table4'])).toThrow(
    "Rank 1 was started with 'table5 --fresh', rank 0 with 'table4': give all ranks the same options.",
  );
  const exit = vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`);
  });
  expect(() => requireSameCommand(ranks(1), ['table5', '--fresh'])).toThrow('exit 2');
  exit.mockRestore();
  requireSameCommand({ ...ranks(0), gather: (bytes) => [bytes, bytes] }, ['table4']);
});
