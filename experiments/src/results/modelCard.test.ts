import { join } from 'node:path';
import { expect, it } from 'vitest';
import { autoencoder } from '../autoencoder.js';
import { findExperiment } from '../registry.js';
import { type CommittedRun, committedRuns } from './committedRuns.js';
import { resultsFolder } from './loadPretrained.js';
import { modelCard } from './modelCard.js';

async function committedRun(id: string, name: string): Promise<CommittedRun> {
  const run = (await committedRuns(findExperiment(id), resultsFolder)).find(({ row }) => row.name === name);
  if (!run) throw new Error(`${id} should have a committed run of ${name}`);
  return run;
}

async function cardOf(id: string, name: string): Promise<string> {
  return modelCard(findExperiment(id), await committedRun(id, name));
}

it('names the optimiser among the departures, and the number on training images in words', async () => {
  expect(await cardOf('table4', 'diagonal-bilstm-7x16')).toContain(
    '**Departures from the paper**: optimiser adam (cosine), not rmsprop (constant).',
  );
  expect(await cardOf('table6', 'row-lstm-32x32')).toContain(
    'The paper has 3.86 (PixelRNN, Table 6; 3.83 on training images).',
  );
});

it('names the processor that the model was trained on, or the GPU', async () => {
  const run = await committedRun('table4', 'diagonal-bilstm-7x16');
  const experiment = findExperiment('table4');
  const environment = { ...run.environment, threads: 2, cpu: 'AMD EPYC' };
  expect(modelCard(experiment, { ...run, environment })).toContain(
    ' on 2 threads of AMD EPYC, engine node, ',
  );
  const gpus = ['NVIDIA H200'];
  const onGpu = { ...run, environment: { ...environment, gpus }, result: { ...run.result, engine: 'gpu' } };
  expect(modelCard(experiment, onGpu)).toContain(' on NVIDIA H200, engine gpu, ');
});

it('explains (?) where it has one', async () => {
  const sentence = '(?) marks what was recalled of the paper, not read again.';
  expect(await cardOf('table3', 'layers-2')).toContain(sentence);
  expect(await cardOf('gated-table2', 'gated-pixelcnn-32x32')).toContain(sentence);
  expect(await cardOf('table3', 'layers-1')).not.toContain(sentence);
});

it('calls the images of ImageNet what the paper calls them', async () => {
  const card = await cardOf('table6', 'row-lstm-32x32');
  expect(card).toContain('bits/dim on 4,000 validation images (standard error');
  expect(card).not.toContain('test images');
  expect(await cardOf('table5', 'pixelcnn')).toContain('bits/dim on 10,000 test images (standard error');
});

it('says what the model is: a density model, but for an auto-encoder', async () => {
  expect(await cardOf('table4', 'pixelcnn')).toContain(
    '- **Limits**: Models 28x28 binary images like those of binarized MNIST (fixed); likelihoods',
  );
  expect(await cardOf('autoencoder', 'mse-10')).toContain(
    '- **Limits**: Not a density model: the number is the likelihood of an image given its own code.\n',
  );
});

it('links to how a script uses the model, in the README of the repository', async () => {
  const { path } = await committedRun('table4', 'pixelcnn');
  const [, link] = /\[From a script\]\((.*)#from-a-script\)/.exec(await cardOf('table4', 'pixelcnn')) ?? [];
  expect(join(resultsFolder, path, link as string)).toBe(join(resultsFolder, '..', 'README.md'));
});

it('lists a setting only where it has a say: the deviation of Gaussians, not of binary outputs', async () => {
  const run = await committedRun('autoencoder', 'mse-10');
  expect(modelCard(autoencoder, run)).toContain('parameters; encoderLayers 3, encoderFilters 16.\n');
  const colors = { ...run, config: { ...run.config, settings: { ...run.config.settings, data: 'cifar10' } } };
  expect(modelCard(autoencoder, colors)).toContain('encoderFilters 16, deviation 0.2.\n');
});
