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

it('calls the images of ImageNet what the paper calls them', async () => {
  const card = await cardOf('table6', 'row-lstm-32x32');
  expect(card).toContain('bits/dim on 4,000 validation images (standard error');
  expect(card).not.toContain('test images');
  expect(await cardOf('table5', 'pixelcnn')).toContain('bits/dim on 10,000 test images (standard error');
});

it('says what the model is: a density model, but for an auto-encoder', async () => {
  expect(await cardOf('table4', 'pixelcnn')).toContain('a density model of binarized MNIST (fixed)');
  expect(await cardOf('autoencoder', 'mse-10')).toContain(
    'no density model: the number is the likelihood of images given their own codes,',
  );
});

it('lists a setting only where it has a say: the deviation of Gaussians, not of binary outputs', async () => {
  const run = await committedRun('autoencoder', 'mse-10');
  expect(modelCard(autoencoder, run)).toContain('parameters; encoderLayers 3, encoderFilters 16.\n');
  const colors = { ...run, config: { ...run.config, settings: { ...run.config.settings, data: 'cifar10' } } };
  expect(modelCard(autoencoder, colors)).toContain('encoderFilters 16, deviation 0.2.\n');
});
