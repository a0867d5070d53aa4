import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { tinyData, tinyModel } from './testing/tinyRun.js';
import { train } from './train.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => void vi.useRealTimers());

it('a clock that goes backwards changes no training time, and the order of no event file', async () => {
  const data = { ...tinyData, folder };
  const options = { batchSize: 8, learningRate: 1e-3, logEvery: 1, validateEvery: 4, seed: 7 };
  vi.setSystemTime('2030-01-01T12:00:00Z');
  const run = (steps: number) =>
    train(
      tinyModel(),
      { ...options, steps },
      { ...data, onProgress: () => void vi.setSystemTime(Date.now() - 3_600_000) },
    );
  await run(4);
  vi.setSystemTime('2001-01-01T12:00:00Z');
  await run(8);
  await run(12);
  const outcome = await run(12); // the lock, too, was given back
  const seconds = outcome.history.map((line) => line.seconds);
  expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  expect(seconds[0]).toBeGreaterThan(0);
  expect(outcome.seconds).toBe(seconds.at(-1));
  expect(outcome.seconds).toBeLessThan(600);
  const numbers = (await readdir(join(folder, 'tensorboard')))
    .sort()
    .map((name) => Number(/tfevents\.(\d+)\./.exec(name)?.[1]));
  const first = new Date('2030-01-01T12:00:00Z').getTime() / 1000;
  expect(numbers).toEqual([first, first + 1, first + 2, first + 3]);
});
