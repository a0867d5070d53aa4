import { setImmediate } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { onInterrupt } from './onInterrupt.js';

const key = Symbol.for('jupyter.cellSignal');
afterEach(() => void Reflect.deleteProperty(globalThis, key));

it('gives the value of a body that no signal came to, and leaves no listener', async () => {
  const before = process.listenerCount('SIGINT');
  expect(await onInterrupt(async () => 3)).toBe(3);
  expect(process.listenerCount('SIGINT')).toBe(before);
});

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('%s aborts with exit code %i', async (name, exitCode) => {
  const body = async (signal: AbortSignal) => {
    process.kill(process.pid, name);
    while (!signal.aborted) await setImmediate();
    signal.throwIfAborted();
  };
  await expect(onInterrupt(body)).rejects.toMatchObject({ code: 'interrupted', exitCode });
});

it('a signal that comes too late for the body is not lost', async () => {
  const body = async (signal: AbortSignal) => {
    process.kill(process.pid, 'SIGINT');
    while (!signal.aborted) await setImmediate();
    return 'done';
  };
  await expect(onInterrupt(body)).rejects.toMatchObject({ code: 'interrupted', exitCode: 130 });
});

it("is the interrupt of the cell in a notebook, and touches none of the process's signals", async () => {
  const cell = new AbortController();
  Object.defineProperty(globalThis, key, { configurable: true, value: cell.signal });
  const listeners = () => (['SIGINT', 'SIGTERM'] as const).map((name) => process.listenerCount(name));
  const before = listeners();
  const body = async (signal: AbortSignal) => {
    expect(listeners()).toEqual(before);
    cell.abort();
    expect(signal.aborted).toBe(true);
    signal.throwIfAborted();
  };
  await expect(onInterrupt(body)).rejects.toMatchObject({ code: 'interrupted', signal: 'SIGINT' });
  // One that was interrupted before it began.
  await expect(onInterrupt(async (signal) => signal.throwIfAborted())).rejects.toMatchObject({
    code: 'interrupted',
  });
});
