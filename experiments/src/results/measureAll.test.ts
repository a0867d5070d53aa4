import { spawnSync } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadEngine } from '@pixelrnn/engine';
import { suiteFolder } from '@pixelrnn/files/testing';
import { evaluate } from '@pixelrnn/training';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { table4 } from '../table4.js';
import { writeModel } from './adoptedFiles.js';
import { measureAll } from './measureAll.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 }); // processes, each with an engine to load

const root = fileURLToPath(new URL('../../..', import.meta.url));
const results = suiteFolder();
const folder = join(results, 'table4', 'runs', 'pixelcnn', 'seed-0');
let test: number;

/** Results with one run, whose weights are those that it began with. */
beforeAll(async () => {
  await loadEngine({ quiet: true });
  const { model } = table4.rows.find(({ name }) => name === 'pixelcnn')!;
  const settings = { ...model!.presets.smoke, data: 'seeded', h: 2, blocks: 1 };
  const data = await table4.loadData(settings, {});
  const built = model!.build(settings, { height: 28, width: 28, colors: 1, levels: 2 }, 0);
  test = (await evaluate(built, data.test.subset(20))).nats;
  await mkdir(folder, { recursive: true });
  await writeModel(built, join(folder, 'model'));
  const parameters = built.countParams();
  built.dispose();
  const dataset = data.test.name;
  await write('config.json', {
    experiment: 'table4',
    row: 'pixelcnn',
    preset: 'cpu',
    seed: 0,
    dataset,
    settings,
  });
  await write('result.json', {
    ...{ test, testImages: 20, testSplit: 10_000, testStandardError: 1 },
    ...{ valid: 0, validImages: 20, train: null, dimensions: 784, dataset, parameters },
    ...{ steps: 1, images: 16, seconds: 1, engine: 'node' },
  });
});

afterEach(() => vi.restoreAllMocks());

const write = (name: string, value: object) => writeFile(join(folder, name), JSON.stringify(value));
const read = async (name: string) => JSON.parse(await readFile(join(folder, name), 'utf8'));

function measure(...names: string[]) {
  const args = ['experiments/src/resultsCli.ts', 'measure', ...names, '--results', results];
  return spawnSync(process.execPath, ['--conditions=@pixelrnn/source', '--import', 'tsx', ...args], {
    cwd: root,
    encoding: 'utf8',
  });
}

const told = () => `committed ${test.toFixed(4)} nats, measured ${test.toFixed(4)} nats, 20 test images`;

it('prints the committed number beside the one of the weights', () => {
  const { status, stdout } = measure('table4/pixelcnn');
  expect(stdout).toBe(`table4/pixelcnn: ${told()}\n`);
  expect(status).toBe(0);
});

it('offers near names for one that there is not: exit code 2, and nothing is measured', () => {
  const { status, stdout, stderr } = measure('table4/pixelcnn', 'table4/pixelcn');
  expect(stderr).toContain('No trained model table4/pixelcn: expected one of table4/pixelcnn');
  expect(stderr).toContain('Did you mean table4/pixelcnn');
  expect(stdout).toBe('');
  expect(status).toBe(2);
});

it('measures all without names', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  expect(await measureAll([], { results })).toBe(true);
  expect(log.mock.calls).toEqual([[`table4/pixelcnn/seed-0: ${told()}`]]);
});

it.each([
  [
    'another number',
    (result: object) => ({ ...result, test: test * 1.0002 }),
    'should give the committed number',
  ],
  [
    'other images',
    (result: object) => ({ ...result, dataset: 'CIFAR-10' }),
    'was measured on CIFAR-10, but the data folder has binarized MNIST (seeded',
  ],
])('says so where the committed result is of %s', async (_, change, message) => {
  const error = vi.spyOn(console, 'error').mockReturnValue();
  const result = await read('result.json');
  await write('result.json', change(result));
  expect(await measureAll(['table4/pixelcnn'], { results })).toBe(false);
  await write('result.json', result);
  expect(error.mock.lastCall?.[0]).toContain(`pnpm results: table4/pixelcnn: `);
  expect(error.mock.lastCall?.[0]).toContain(message);
});
