import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { benchMpi } from './mpi.js';
import { mpiSchema } from './mpiReport.js';
import { tinyWorks } from './testing.js';

test('measures ranks in turns; writes nothing when it is to be quick', async () => {
  const folder = await temporaryFolder();
  const lines: string[] = [];
  const [work] = tinyWorks.filter(({ model }) => model === 'row');
  const presets = () => [
    {
      ...({ name: 'table0/row', model: 'row', levels: 2 } as const),
      ...{ batch: 8, flopsPerImage: 1e9, bytes: 4e6, parameters: 1e6, steps: 100 },
    },
  ];
  const { report, text, failures } = await benchMpi({
    ...{ quick: true, folder, works: work ? [work] : [], presets },
    log: (line) => lines.push(line),
  });
  expect(failures).toEqual([]);
  const { rows, machine, computed } = mpiSchema.parse(report);
  expect(rows).toMatchObject([
    { work: 'row 6x5x1', rounds: { oneRank: { length: 2 }, twoRanks: { length: 2 } } },
  ]);
  expect(machine.mpi).toMatch(/^mpirun \(Open MPI\) \d/);
  expect(computed).toMatchObject([{ preset: 'table0/row', row: 'row 6x5x1' }]);
  expect(computed[0]?.efficiency[0]?.ranks).toMatchObject({ 16: null });
  expect(text).toContain('| `row 6x5x1` |');
  expect(() => readFileSync(join(folder, 'mpi.json'))).toThrow('ENOENT');
});
