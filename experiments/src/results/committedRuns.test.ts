import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { discreteVsContinuous } from '../discreteVsContinuous.js';
import { committedRuns } from './committedRuns.js';
import { resultsFolder } from './loadPretrained.js';

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
