import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { RequestQueue } from './requestQueue.js';

/** A queue whose runs and drains end when the test says so. */
function queueOf(failing: string[]) {
  const log: string[] = [];
  const gates: (() => void)[] = [];
  const gate = () => new Promise<void>((resolve) => gates.push(resolve));
  const queue = new RequestQueue<string>({
    async run(request) {
      log.push(`run ${request}`);
      await gate();
      return { stopOthers: failing.includes(request), finish: () => log.push(`finish ${request}`) };
    },
    abort: (request) => log.push(`abort ${request}`),
    drain: gate,
  });
  /** Lets the oldest run or drain end. */
  const next = async () => {
    gates.shift()!();
    await turn();
  };
  return { log, queue, next };
}

test('requests run one after the other', async () => {
  const { log, queue, next } = queueOf([]);
  for (const request of ['a', 'b']) queue.add(request);
  await next();
  expect(log).toEqual(['run a', 'finish a', 'run b']);
  await next();
  await queue.idle();
  expect(log).toEqual(['run a', 'finish a', 'run b', 'finish b']);
});

test('a failure aborts those that wait and those that were under way, and none sent after its reply', async () => {
  const { log, queue, next } = queueOf(['a']);
  for (const request of ['a', 'b']) queue.add(request);
  await next(); // `a` has failed; its reply waits for others
  expect(log).toEqual(['run a']);
  queue.add('c');
  await next();
  expect(log).toEqual(['run a', 'finish a', 'abort b', 'abort c']);
  queue.add('d');
  await next();
  expect(log.slice(4)).toEqual(['run d', 'finish d']);
});

test('cancelling lets the running request end and aborts the rest; without one it does nothing', async () => {
  const { log, queue, next } = queueOf([]);
  queue.cancelWaiting();
  for (const request of ['a', 'b']) queue.add(request);
  queue.cancelWaiting();
  await next();
  await next();
  await queue.idle();
  expect(log).toEqual(['run a', 'finish a', 'abort b']);
  queue.add('c');
  await next();
  expect(log.slice(3)).toEqual(['run c', 'finish c']);
});
