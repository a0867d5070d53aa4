import { expect, it } from 'vitest';
import { completions } from '../completions.js';
import type { Experiment, ExperimentRow } from '../experiment.js';
import { softmaxDistributions } from '../softmaxDistributions.js';
import { table3 } from '../table3.js';
import { table4 } from '../table4.js';
import { table5 } from '../table5.js';
import type { CommittedRun } from './committedRuns.js';
import { departures, summary } from './report.js';

const empty = { runs: [], recipes: null, pictures: [] };

it('sums up what is trained, and names what is measured on its weights', () => {
  const reports = [table4, completions, softmaxDistributions].map((experiment) => ({ experiment, ...empty }));
  const [header, , ...rest] = summary(reports, [table3, table4, completions]).split('\n');
  expect(header).toBe('| table | row | paper | ours ± standard error | steps | departures |');
  expect(rest).toEqual([
    '',
    `Measured without further training: ${completions.title}; ${softmaxDistributions.title}.`,
    '',
    `Not trained yet: ${table3.title}.`,
  ]);
});

it('compares sizes with those of the paper, where it gives some', () => {
  const departuresOf = (experiment: Experiment, name: string, changed: object) => {
    const row = experiment.rows.find((row) => row.name === name) as ExperimentRow;
    const settings = { ...row.model?.presets.paper, ...changed };
    const result = { dataset: experiment.canonicalDataset, testImages: 10_000, testSplit: 10_000 };
    return departures(experiment, { row, config: { settings }, result } as unknown as CommittedRun);
  };
  expect(departuresOf(table5, 'row-lstm', {})).toEqual([]);
  expect(departuresOf(table5, 'row-lstm', { layers: 3, batchSize: 8 })).toEqual([
    'layers 3, not 12',
    'batch 8, not 16',
  ]);
  expect(departuresOf(table4, 'pixelcnn', { blocks: 20 })).toEqual([
    'the paper gives neither depth nor width',
  ]);
});
