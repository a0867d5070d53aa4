import { AsyncResource } from 'node:async_hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Message } from '../tslab.js';
import { Cell, Cells, Interrupted } from './cells.js';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A cell that runs until it is told to end; `ended` has what ended the wait for it. */
function running(cells: Cells, name = 'In[1]', body: () => void = () => {}) {
  const cell = new Cell(name, {} as Message);
  const ended: Error[] = [];
  let finish!: () => void;
  const done = cells.run(
    cell,
    (reason) => ended.push(reason),
    async () => {
      body();
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
  );
  return { cell, ended, done, finish: () => finish() };
}

test('a cell whose signal nobody took is ended at once, its signal aborted all the same', () => {
  const cells = new Cells();
  const { cell, ended } = running(cells);
  cells.interrupt();
  expect(ended).toEqual([new Interrupted()]);
  expect(cell.controller.signal.aborted).toBe(true);
});

test('a cell whose signal was taken may end by itself', async () => {
  const cells = new Cells();
  let signal: AbortSignal | undefined;
  const { ended, done, finish } = running(cells, 'In[1]', () => {
    signal = cells.signal();
  });
  expect(signal!.aborted).toBe(false);
  cells.interrupt();
  expect(signal!.aborted).toBe(true);
  expect((signal!.reason as Error).name).toBe('AbortError');
  finish();
  await done;
  vi.advanceTimersByTime(60_000);
  expect(ended).toEqual([]);
});

test('it is ended after 20 seconds, or at the second press', () => {
  const cells = new Cells();
  const slow = running(cells, 'In[1]', () => cells.signal());
  cells.interrupt();
  vi.advanceTimersByTime(19_999);
  expect(slow.ended).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(slow.ended).toHaveLength(1);

  const pressed = running(cells, 'In[2]', () => cells.signal());
  cells.interrupt();
  expect(pressed.ended).toEqual([]);
  cells.interrupt();
  expect(pressed.ended).toHaveLength(1);
});

test('a listener of its own counts as having taken the signal', () => {
  const cells = new Cells();
  const { ended } = running(cells);
  cells.interrupt(true);
  expect(ended).toEqual([]);
});

test('work that outlived its cell keeps the signal of its cell, which an interrupt still aborts', async () => {
  const cells = new Cells();
  let later!: () => AbortSignal;
  const first = running(cells, 'In[1]', () => {
    later = AsyncResource.bind(() => cells.signal());
  });
  first.finish();
  await first.done;
  const second = running(cells, 'In[2]', () => cells.signal());
  expect(later()).toBe(first.cell.controller.signal);
  cells.interrupt();
  expect([first, second].map(({ cell }) => cell.controller.signal.aborted)).toEqual([true, true]);
});

test('output goes to the running cell, between cells to the one that it comes from', async () => {
  const cells = new Cells();
  expect(cells.receiving).toBeUndefined();
  let later!: () => string | undefined;
  const first = running(cells, 'In[1]', () => {
    later = AsyncResource.bind(() => cells.receiving?.script);
  });
  first.finish();
  await first.done;
  const second = running(cells, 'In[2]');
  expect(later()).toBe('In[2]');
  second.finish();
  await second.done;
  expect(later()).toBe('In[1]');
  expect(cells.receiving?.script).toBe('In[2]');
});

test('before any cell there is a signal that nothing aborts', () => {
  const cells = new Cells();
  const signal = cells.signal();
  cells.interrupt();
  expect(signal.aborted).toBe(false);
});
