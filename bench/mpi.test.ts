import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { thisMachine } from './machine.js';
import { writeMpi } from './mpi.js';
import { paperPresets } from './mpiPresets.js';
import { formatMpi, type MpiReport, mpiSchema } from './mpiReport.js';

it('knows what a preset costs', async () => {
  await loadEngine({ quiet: true });
  const presets = paperPresets(['table6'], 'smoke');
  const [small, large] = ['row-lstm-32x32', 'row-lstm-64x64'].map((row) =>
    presets.find(({ name }) => name === `table6/${row}`),
  );
  expect(small).toMatchObject({ batch: 8, bytes: 4 * (small?.parameters as number) });
  // Products dominate, each of a live weight: at most six operations for each parameter and pixel.
  for (const [preset, side] of [
    [small, 32],
    [large, 64],
  ] as const) {
    const most = 6 * (preset?.parameters as number) * side ** 2;
    expect(preset?.flopsPerImage).toBeLessThan(most);
    expect(preset?.flopsPerImage).toBeGreaterThan(most / 4);
  }
});

const report: MpiReport = {
  machine: {
    ...thisMachine({ threads: 2, busy: 0, tensorflow: '2.21.0', simd: 16, kernels: 'native' }),
    mpi: 'mpirun (Open MPI) 4.1.4',
  },
  engine: 'node',
  rows: [
    {
      work: 'row',
      unit: 'images/s',
      oneRank: 400,
      twoRanks: 380,
      ratio: 0.95,
      rounds: { oneRank: [400], twoRanks: [380] },
      reduction: { bytes: 290_948, milliseconds: 0.25 },
      gflops: 100,
    },
  ],
  computed: [
    {
      preset: 'table6/row-lstm-32x32',
      row: 'row',
      batch: 32,
      parameters: 1_000_000,
      gflop: 1,
      steps: 10,
      hours: 123.4,
      efficiency: [10, 100].map((gigabits) => ({
        gigabits,
        latency: 1e-6,
        ranks: { 4: 0.988, 8: 0.5, 16: 0.25, 32: 0.1, 64: null },
      })),
    },
  ],
};

it('prints what was measured and, marked, what was computed', () => {
  expect(mpiSchema.parse(report)).toEqual(report);
  const text = formatMpi(report);
  expect(text).toContain('| `row` | 400 | 380 | 0.950 | 0.291 | 0.250 |');
  expect(text).toContain('Computed, not measured');
  expect(text).toContain(
    '| table6/row-lstm-32x32 | 32 | 4.00 | 123 | 99 % | 50 % | 25 % | 10 % | - | 99 % | 50 % | 25 % | 10 % | - |',
  );
  expect(formatMpi({ ...report, computed: [] })).not.toContain('Computed');
});

it('writes what it found unless it was to be quick or only a part', async () => {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const options = { folder, log: (line: string) => lines.push(line) };
  writeMpi(report, { ...options, quick: true });
  writeMpi(report, { ...options, only: 'row' });
  expect(readdirSync(folder)).toEqual([]);
  writeMpi(report, { ...options, quick: false, only: undefined });
  const file = join(folder, 'mpi.json');
  expect(mpiSchema.parse(JSON.parse(readFileSync(file, 'utf8')))).toEqual(report);
  expect(lines).toEqual([`Written: ${file}.`]);
});
