import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { onInterrupt } from './onInterrupt.js';

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
