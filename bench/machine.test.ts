import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { busyNow, formatMachine, thisMachine } from './machine.js';
import { mpiSchema } from './mpiReport.js';
import { scalingSchema } from './scalingReport.js';

/** What two processors did since the start, in milliseconds: much before, then `used` of 1000 by the first, nothing by the second. */
async function secondWith(used: number) {
  const rest = { nice: 0, sys: 0, irq: 0 };
  const readings = [
    [
      { ...rest, user: 9e6, idle: 1e6 },
      { ...rest, user: 9e6, idle: 1e6 },
    ],
    [
      { nice: used / 4, sys: used / 4, irq: used / 4, user: 9e6 + used / 4, idle: 1e6 + 1000 - used },
      { ...rest, user: 9e6, idle: 1e6 + 1000 },
    ],
  ];
  const lines: string[] = [];
  const busy = await busyNow(
    (line) => lines.push(line),
    () => readings.shift() ?? [],
    0,
  );
  return { busy, lines };
}

it('warns of programs that use the processors now, whatever ran before', async () => {
  expect(await secondWith(600)).toEqual({
    busy: 0.3,
    lines: [
      'Other programs use 30 % of the processors: they disturb the measurement; end them, or measure later.',
    ],
  });
  expect(await secondWith(200)).toEqual({ busy: 0.1, lines: [] });
  expect(await secondWith(0)).toEqual({ busy: 0, lines: [] });
});

it('reads the clocks of this machine', async () => {
  const busy = await busyNow(() => {});
  expect(busy).toBeGreaterThanOrEqual(0);
  expect(busy).toBeLessThanOrEqual(1);
});

it('says how busy the machine was, in earlier reports its load', () => {
  const machine = thisMachine({ threads: 2, busy: 0.034, tensorflow: '2', simd: 16, kernels: 'native' });
  expect(formatMachine('node', machine)[0]).toMatch(/, 2 threads each, 3 % busy before$/);
  const earlier = { ...machine, busy: undefined, loadAverage: 0.14 };
  expect(formatMachine('node', earlier)[0]).toMatch(/, 2 threads each, load 0\.14$/);
});

it.each([
  ['mpi.json', mpiSchema],
  ['scaling.json', scalingSchema],
])('%s is a report', (name, schema) => {
  const report = JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));
  expect(schema.parse(report)).toEqual(report);
});
