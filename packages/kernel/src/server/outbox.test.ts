import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Frame } from '../tslab.js';
import { Outbox } from './outbox.js';

/** Behaves as a socket of zeromq.js: after `free` sends in one turn a send takes until later, and refuses others meanwhile. */
class Socket {
  readonly sent: string[] = [];
  readonly #free: number;
  #sends = 0;
  #busy: (() => void) | undefined;

  constructor(free: number) {
    this.#free = free;
  }

  send(frames: Frame[]): Promise<void> {
    if (this.#busy) throw Object.assign(new Error('busy'), { code: 'EBUSY' });
    const arrive = () => this.sent.push(frames.join('|'));
    if (this.#sends++ < this.#free) {
      arrive();
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#busy = () => {
        this.#busy = undefined;
        this.#sends = 0;
        arrive();
        resolve();
      };
      setImmediate(this.#busy);
    });
  }
}

const text = (joined: string) => [`text ${joined}`];

test('what can go at once goes at once, text within 20 ms is joined', async () => {
  const socket = new Socket(100);
  let now = 0;
  const outbox = new Outbox(socket, () => now);
  outbox.stream('a', '1', text);
  expect(socket.sent).toEqual(['text 1']);
  outbox.stream('a', '2', text);
  outbox.stream('a', '3', text);
  expect(socket.sent).toHaveLength(1);
  now = 20;
  outbox.stream('a', '4', text);
  expect(socket.sent).toEqual(['text 1', 'text 234']);
  outbox.stream('a', '5', text);
  await turn();
  await turn();
  expect(socket.sent.at(-1)).toBe('text 5');
});

test('the first text after a message goes at once: a loop that never ends may follow it', () => {
  const socket = new Socket(100);
  let now = 0;
  const outbox = new Outbox(socket, () => now);
  outbox.stream('a', '1', text);
  now = 5;
  outbox.post(['execute_input']);
  now = 6;
  outbox.stream('a', '2', text);
  expect(socket.sent).toEqual(['text 1', 'execute_input', 'text 2']);
});

test('a message sends the text before it first, and text of another stream stays apart', () => {
  const socket = new Socket(100);
  const outbox = new Outbox(socket, () => 0);
  for (const part of ['1', '2']) outbox.stream('out', part, text);
  outbox.stream('err', '!', text);
  outbox.post(['result']);
  expect(socket.sent).toEqual(['text 1', 'text 2', 'text !', 'result']);
});

test('nothing is lost, doubled or reordered, however busy the socket is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom('a', 'b', 'message'), fc.nat(40)), { maxLength: 200 }),
      fc.integer({ min: 0, max: 5 }),
      async (steps, free) => {
        const socket = new Socket(free);
        let now = 0;
        const outbox = new Outbox(socket, () => now);
        const expected: string[] = [];
        for (const [index, [kind, passed]] of steps.entries()) {
          now += passed;
          expected.push(`${kind}${index};`);
          if (kind === 'message') outbox.post([`message${index};`]);
          else outbox.stream(kind, `${kind}${index};`, (joined) => [joined]);
          if (passed === 0) await turn();
        }
        await outbox.drained();
        expect(socket.sent.join('')).toBe(expected.join(''));
      },
    ),
    { numRuns: 60 },
  );
});

test('20,000 lines in one turn become few messages', async () => {
  const socket = new Socket(512);
  const outbox = new Outbox(socket, () => 0);
  for (let i = 0; i < 20_000; i++) outbox.stream('a', `${i}\n`, (joined) => [joined]);
  await outbox.drained();
  expect(socket.sent.join('').split('\n')).toHaveLength(20_001);
  expect(socket.sent.length).toBeLessThan(5);
});

test('an error other than that of a busy socket is thrown', () => {
  const outbox = new Outbox({
    send() {
      throw new TypeError('no frames');
    },
  });
  expect(() => outbox.post(['a'])).toThrow('no frames');
});

test('a closed one sends nothing more', () => {
  const socket = new Socket(100);
  const outbox = new Outbox(socket);
  outbox.post(['a']);
  outbox.close();
  outbox.post(['b']);
  outbox.stream('s', 'c', text);
  expect(socket.sent).toEqual(['a']);
});
