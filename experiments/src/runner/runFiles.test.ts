import * as fs from 'node:fs/promises';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { environment } from '@pixelrnn/training';
import { beforeEach, expect, it, vi } from 'vitest';
import { findExperiment } from '../registry.js';
import { readRunConfig } from './runConfig.js';
import { discardRun, noteEnvironment, readConfig, readResult, writeConfig } from './runFiles.js';

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:fs/promises')>();
  return { ...actual, rm: vi.fn(actual.rm) };
});

const held = { assertHeld: async () => {} };
let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

it('environment.json keeps what a run began on, and what it went on with where that differs', async () => {
  const first = environment(await loadEngine({ quiet: true }), { 'a.amat': 'ad69' });
  const other = { ...first, threads: first.threads + 1 };
  const there = async () => JSON.parse(await readFile(join(folder, 'environment.json'), 'utf8'));
  await noteEnvironment(folder, first, held);
  await noteEnvironment(folder, first, held);
  expect(await there()).toEqual(first);
  await noteEnvironment(folder, other, held);
  await noteEnvironment(folder, other, held);
  expect(await there()).toEqual({ ...first, resumed: [other] });
  await noteEnvironment(folder, first, held);
  expect(await there()).toEqual({ ...first, resumed: [other, first] });
});

it.each([
  ['config.json', readConfig, '{"seed": 0', 'JSON'],
  ['config.json', readConfig, 'null', 'expected'],
  ['result.json', readResult, '{', 'JSON'],
  ['result.json', readResult, '{}', 'test'],
])('%s that is damaged is named, with what to do', async (name, read, text, why) => {
  await writeFile(join(folder, name), text);
  const message = await read(folder).then(String, (error: Error) => error.message);
  expect(message).toContain(`${join(folder, name)} should be what a run wrote, but it is not (`);
  expect(message).toContain(why);
  expect(message).toContain('use --fresh');
});

it('a run that is discarded is unfinished before anything else of it goes, and its settings go last', async () => {
  const names = ['lock.json', 'checkpoint', 'config.json', 'environment.json', 'failure.json'];
  names.push('metrics.jsonl', 'result.json', 'samples.png', 'tensorboard');
  for (const name of names.filter((each) => each.includes('.'))) await writeFile(join(folder, name), '{}');
  for (const name of names.filter((each) => !each.includes('.'))) await mkdir(join(folder, name));
  const { rm } = await vi.importActual<typeof import('node:fs/promises')>('node:fs/promises');
  const left: string[][] = [];
  vi.mocked(fs.rm).mockImplementation(async (...given) => {
    await rm(...given);
    left.push(await readdir(folder));
  });
  await discardRun(folder);
  vi.mocked(fs.rm).mockImplementation(rm);
  expect(left[0]).not.toContain('result.json');
  expect(left.at(-2)?.sort()).toEqual(['config.json', 'lock.json']);
  expect(await readdir(folder)).toEqual(['lock.json']);
});

it('a folder without a run has neither config nor result', async () => {
  expect([await readConfig(folder), await readResult(folder)]).toEqual([null, null]);
});

it('config.json becomes the options that repeat its run', async () => {
  const path = join(folder, 'config.json');
  const settings = { steps: 3, optimizer: 'adam' };
  const config = { experiment: 'table4', row: 'a', preset: 'cpu', seed: 2, dataset: 'd', settings };
  await writeConfig(folder, config, held);
  const expected = { rows: ['a'], preset: 'cpu', seeds: [2], set: settings };
  expect(await readRunConfig(path, findExperiment('table4'))).toEqual(expected);
  await expect(readRunConfig(path, findExperiment('table5'))).rejects.toThrow(
    'is of experiment table4, got table5',
  );
  await writeFile(path, '{"row": "a"}');
  await expect(readRunConfig(path, findExperiment('table4'))).rejects.toThrow(
    /expects the config\.json of a run folder.*preset/s,
  );
});

it('config.json of a row that measures names its weights, which are no setting', async () => {
  const settings = { data: 'fixed', testImages: 9, weights: 'table4/pixelcnn/seed-0', weightsSteps: 3 };
  const rest = { experiment: 'completions', row: 'pixelcnn', preset: 'cpu', seed: 0, dataset: 'd' };
  await writeConfig(folder, { ...rest, settings: { ...settings, weightsTest: 81.5 } }, held);
  const { set } = await readRunConfig(join(folder, 'config.json'), findExperiment('completions'));
  expect(set).toEqual({ data: 'fixed', testImages: 9 });
});
