import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compute } from './mpiComputed.js';
import type { PaperPreset } from './mpiPresets.js';
import { formatMpi, mpiSchema } from './mpiReport.js';
import { trainingWorks } from './works.js';

const row = (work: string, gflops: number, bytes: number, milliseconds: number) => ({
  work,
  gflops,
  reduction: { bytes, milliseconds },
});
const preset: PaperPreset = {
  name: 'table0/row',
  model: 'row',
  levels: 2,
  batch: 16,
  steps: 225,
  flopsPerImage: 1e9,
  bytes: 4e6,
  parameters: 1e6,
};
const fast = { work: { model: 'row', levels: 2 }, row: row('fast', 100, 5e6, 10) } as const;
const slow = { work: { model: 'row', levels: 2 }, row: row('slow', 10, 1e6, 1) } as const;
/** Of other kinds, with just as many parameters. */
const others = [
  { work: { model: 'row', levels: 256 }, row: row('more levels', 1, 4e6, 1) },
  { work: { model: 'diagonal', levels: 2 }, row: row('another model', 1, 4e6, 1) },
] as const;

it('gives a preset the speeds of the row of its kind whose parameters are nearest', () => {
  const computed = compute(preset, [...others, slow, fast]);
  expect(computed).toMatchObject({ preset: 'table0/row', row: 'fast', gflop: 16 });
  // 16 GFLOP at 100 a second, 225 times.
  expect(computed?.hours).toBeCloseTo(0.01, 9);
  // 4 ranks: 40 ms for 4 images; 2 ns a byte, 8 ms; 1.5 x 32 Mbit at 10 Gbit/s, 4.8 ms, and 6 messages of 20 us.
  expect(computed?.efficiency[0]?.ranks[4]).toBeCloseTo(160 / (4 * (40 + 8 + 4.8 + 0.12)), 9);

  const small = compute({ ...preset, bytes: 2e6, parameters: 5e5 }, [...others, slow, fast]);
  expect(small?.row).toBe('slow');
  expect(small?.hours).toBeCloseTo(0.1, 9);
  // 400 ms; 1 ns a byte, 2 ms; 2.4 ms and 6 messages.
  expect(small?.efficiency[0]?.ranks[4]).toBeCloseTo(1600 / (4 * (400 + 2 + 2.4 + 0.12)), 9);
});

it('takes the first of two rows as near, and leaves out what no row is like', () => {
  const other = { ...fast, row: row('as near', 1, 3e6, 1) };
  expect(compute(preset, [fast, other])?.row).toBe('fast');
  expect(compute(preset, [other, fast])?.row).toBe('as near');
  expect(compute(preset, others)).toBeNull();
});

const report = mpiSchema.parse(JSON.parse(readFileSync(join(import.meta.dirname, 'mpi.json'), 'utf8')));

it('mpi.json: every preset is computed from a row of its table', () => {
  const works = new Map(trainingWorks.map((work) => [work.name, work]));
  const rows = report.rows.map((row) => ({
    row,
    work: works.get(row.work) as (typeof trainingWorks)[number],
  }));
  expect(report.computed).toHaveLength(10);
  for (const computed of report.computed) {
    const { model, levels } = works.get(computed.row) as (typeof trainingWorks)[number];
    const { preset: name, batch, parameters, steps, gflop } = computed;
    const size = { name, model, levels, batch, parameters, steps, bytes: 4 * parameters };
    const again = compute({ ...size, flopsPerImage: (1e9 * gflop) / batch }, rows);
    expect(again).toMatchObject({ preset: name, row: computed.row });
    expect(again?.hours).toBeCloseTo(computed.hours, 6);
    expect(again?.efficiency[0]?.ranks[4]).toBeCloseTo(computed.efficiency[0]?.ranks[4] as number, 9);
  }
});

it('the README has the computed table of mpi.json', () => {
  const plain = (text: string) => text.replaceAll(/ +/g, ' ').split('\n');
  const readme = new Set(plain(readFileSync(join(import.meta.dirname, 'README.md'), 'utf8')));
  const lines = plain(formatMpi(report)).filter((line) => line.startsWith('| table'));
  expect(lines).toHaveLength(report.computed.length);
  for (const line of lines) expect(readme).toContain(line);
});
