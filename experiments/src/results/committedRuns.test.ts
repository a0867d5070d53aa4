import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { discreteVsContinuous } from '../discreteVsContinuous.js';
import { committedRuns } from './committedRuns.js';
import { resultsFolder } from './loadPretrained.js';

it('knows the row whose weights were measured, as long as they are the committed ones', async () => {
  const results = await temporaryFolder();
  const { id } = discreteVsContinuous;
  const weights = join('table5', 'runs', 'pixelcnn', 'seed-0');
  await cp(join(resultsFolder, id), join(results, id), { recursive: true });
  await cp(join(resultsFolder, weights), join(results, weights), { recursive: true });
  const weightsOf = async (name: string) =>
    (await committedRuns(discreteVsContinuous, results)).find(({ row }) => row.name === name)?.weightsOf;
  const found = await weightsOf('pixelcnn');
  expect(found?.row.label).toBe('PixelCNN');
  expect(found?.config).toMatchObject({ experiment: 'table5', row: 'pixelcnn' });
  expect(await weightsOf('row-lstm')).toBeNull();
  expect(await weightsOf('uniform')).toBeNull();

  const path = join(results, weights, 'result.json');
  const result = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...result, test: result.test + 1 }));
  expect(await weightsOf('pixelcnn')).toBeNull();
});

it('reads both ways of a density, and names a file of them that is torn', async () => {
  const results = await temporaryFolder();
  const { id } = discreteVsContinuous;
  await cp(join(resultsFolder, id), join(results, id), { recursive: true });
  const run = (await committedRuns(discreteVsContinuous, results)).find(({ bounds }) => bounds !== null);
  const path = join(results, run!.path, 'bounds.json');
  const { gap } = JSON.parse(await readFile(path, 'utf8'));
  expect(run!.bounds?.gap).toEqual(gap);
  await writeFile(path, '{"unit": "bits/');
  await expect(committedRuns(discreteVsContinuous, results)).rejects.toThrow(`${path} should be what a run`);
});
