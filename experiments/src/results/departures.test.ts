import { expect, it } from 'vitest';
import { autoencoder } from '../autoencoder.js';
import { discreteVsContinuous } from '../discreteVsContinuous.js';
import type { Experiment, ExperimentRow } from '../experiment.js';
import { gatedTable1 } from '../gatedTable1.js';
import { gatedTable2 } from '../gatedTable2.js';
import { receptiveFieldExperiment } from '../receptiveField.js';
import { table4 } from '../table4.js';
import { table5 } from '../table5.js';
import type { CommittedRun } from './committedRuns.js';
import { departures } from './departures.js';

const rowOf = (experiment: Experiment, name: string) =>
  experiment.rows.find((row) => row.name === name) as ExperimentRow;

function departuresOf(experiment: Experiment, name: string, changed: object, weightsOf: unknown = null) {
  const row = rowOf(experiment, name);
  const settings = { ...row.model?.presets.paper, ...changed };
  const result = { dataset: experiment.canonicalDataset, testImages: 10_000, testSplit: 10_000 };
  return departures(experiment, { row, config: { settings }, result, weightsOf } as unknown as CommittedRun);
}

it('compares sizes with those of the paper, where it gives some', () => {
  expect(departuresOf(table5, 'row-lstm', {})).toEqual([]);
  expect(departuresOf(table5, 'row-lstm', { layers: 3, batchSize: 8 })).toEqual([
    'layers 3, not 12',
    'batch 8, not 16',
  ]);
  expect(departuresOf(table4, 'pixelcnn', { blocks: 20 })).toEqual([
    'the paper gives neither depth nor width',
  ]);
});

it('marks sizes of the paper that were recalled, and claims none that it does not give', () => {
  const changed = { layers: 5, headWidth: 96, skip: false, kernelSize: 3, batchSize: 16 };
  expect(departuresOf(gatedTable2, 'gated-pixelcnn-32x32', changed)).toEqual([
    'layers 5, not 20 (?)',
    'kernelSize 3, not 5 (?)',
    'batch 16, not 128 (?)',
  ]);
});

it.each([
  [gatedTable1, 'gated-pixelcnn', 'the paper gives no sizes of this model'],
  [gatedTable2, 'gated-pixelcnn-64x64', 'the paper gives no sizes of this model'],
  [receptiveFieldExperiment, 'row-lstm', 'the paper draws the contexts and gives no likelihoods'],
  [autoencoder, 'mse-10', 'the paper has patches of ImageNet, and gives neither sizes nor likelihoods'],
])('compares neither sizes nor batch where the paper gives none: $id', (experiment, name, sentence) => {
  expect(departuresOf(experiment, name, { layers: 5, headWidth: 96, batchSize: 4 })).toEqual([sentence]);
});

it('gives a row that measures the weights of another the sizes of that one', () => {
  const { model } = rowOf(table5, 'pixelcnn');
  const settings = { ...model?.presets.paper, h: 30 };
  const weightsOf = { row: rowOf(table5, 'pixelcnn'), config: { settings } };
  const weights = 'table5/pixelcnn/seed-0';
  expect(departuresOf(discreteVsContinuous, 'pixelcnn', { weights }, weightsOf)).toEqual([
    'h 30, not 128',
    'weights of table5/pixelcnn/seed-0',
  ]);
  expect(departuresOf(discreteVsContinuous, 'pixelcnn', { weights })).toEqual([
    'weights of table5/pixelcnn/seed-0',
  ]);
});
