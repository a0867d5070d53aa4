import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { parseTry } from '../runner/tryRecipes.js';
import { addTry, type RecipeTry, readRecipes, recipesToMarkdown } from './recipes.js';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-recipes-'));
  path = join(folder, 'table5', 'recipes.json');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const experiment = { experiment: 'table5', metric: 'bits/dim' } as const;
const tried = (learningRate: number, valid: number | null): RecipeTry => ({
  row: 'row-lstm',
  preset: 'cpu',
  seed: 0,
  changes: { learningRate, steps: 300 },
  settings: { optimizer: 'adam', learningRate, schedule: 'cosine', batchSize: 16, steps: 300 },
  valid,
  validImages: valid === null ? null : 500,
  failure: valid === null ? 'The loss of step 12 is NaN.' : null,
  parameters: 10,
  images: 4800,
  seconds: 12.4,
  dataset: 'CIFAR-10',
  commit: null,
});

it('keeps every try, and the last one of the same settings', async () => {
  expect(await readRecipes(path)).toBeNull();
  await addTry(path, experiment, tried(1e-3, 5));
  await addTry(path, experiment, tried(1e-2, null));
  await addTry(path, experiment, tried(1e-3, 4.5));
  const recipes = await readRecipes(path);
  expect(recipes?.tries).toEqual([tried(1e-2, null), tried(1e-3, 4.5)]);
  expect(recipesToMarkdown(recipes!).split('\n').slice(2)).toEqual([
    '| row-lstm | learningRate 0.01 | adam 0.01, cosine | 16 | 300 | none: The loss of step 12 is NaN. |  | 12 |',
    '| row-lstm | learningRate 0.001 | adam 0.001, cosine | 16 | 300 | **4.500** | 500 | 12 |',
  ]);
});

it('keeps all of several tries that end at once', async () => {
  await addTry(path, experiment, tried(1e-4, 5));
  const rates = [1e-3, 2e-3, 3e-3, 4e-3];
  await Promise.all(rates.map((rate) => addTry(path, experiment, tried(rate, 4))));
  const found = (await readRecipes(path))?.tries.map(({ settings }) => settings.learningRate);
  expect(found?.sort()).toEqual([1e-4, ...rates]);
  expect(await readdir(dirname(path))).toEqual(['recipes.json']);
});

it('goes on after a process that died while it wrote', async () => {
  await addTry(path, experiment, tried(1e-3, 5));
  await writeFile(join(dirname(path), 'lock.json'), '{"id":');
  await addTry(path, experiment, tried(1e-2, 4));
  expect((await readRecipes(path))?.tries).toHaveLength(2);
});

it('compares tries of as many steps alone', () => {
  const longer = tried(2e-3, 4);
  const tries = [tried(1e-3, 5), { ...longer, settings: { ...longer.settings, steps: 600 } }, tried(4e-3, 6)];
  const lines = recipesToMarkdown({ version: 1, ...experiment, tries })
    .split('\n')
    .slice(2);
  expect(lines.map((line) => /\*\*(.*)\*\*/.exec(line)?.[1])).toEqual(['5.000', '4.000', undefined]);
});

it.each([
  ['{', 'it is no JSON: put the file back'],
  [
    '{"version": 2, "experiment": "table5", "metric": "nats", "tries": []}',
    'should hold recipes of version 1',
  ],
])('refuses %s in one sentence', async (text, message) => {
  await addTry(path, experiment, tried(1e-3, 5));
  await writeFile(path, text);
  await expect(addTry(path, experiment, tried(1e-3, 4))).rejects.toThrow(message);
  expect(await readFile(path, 'utf8')).toBe(text);
});

it('reads the values to try', () => {
  expect(parseTry('learningRate=1e-3,3e-3')).toEqual(['learningRate', [1e-3, 3e-3]]);
  expect(parseTry('optimizer=adam,rmsprop')).toEqual(['optimizer', ['adam', 'rmsprop']]);
  expect(parseTry('clipNorm=null,5')).toEqual(['clipNorm', [null, 5]]);
  expect(parseTry('h=8')).toEqual(['h', [8]]);
  expect(() => parseTry('h=,')).toThrow('--try expects key=value,value');
  expect(() => parseTry('learningRate')).toThrow('--try expects key=value,value,..., got learningRate');
});
