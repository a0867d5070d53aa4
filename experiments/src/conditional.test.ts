import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { runResultSchema } from '@pixelrnn/metrics';
import { beforeAll, expect, it } from 'vitest';
import { autoencoder } from './autoencoder.js';
import { conditional } from './conditional.js';
import { runExperiment } from './runner/runExperiment.js';

beforeAll(() => loadEngine({ quiet: true }));

const few = { steps: 2, validateEvery: 2, validImages: 10, testImages: 10 };
const json = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));
const pictures = async (folder: string) =>
  (await readdir(folder)).filter((name) => name.endsWith('.png')).sort();

it('measures a conditional model told the class and not, and draws its classes', async () => {
  const out = await temporaryFolder();
  const set = { ...few, layers: 0, filters: 2, headWidth: 2 };
  const { failures } = await runExperiment(conditional, { preset: 'smoke', set, out, log: () => {} });
  expect(failures).toEqual([]);
  const run = (row: string) => join(out, 'conditional', 'runs', row, 'seed-0');
  const result = async (row: string) => runResultSchema.parse(await json(run(row), 'result.json'));
  const [told, plain] = [await result('conditional'), await result('unconditional')];
  expect(plain.testWithoutCondition).toBeUndefined();
  expect(told.testWithoutCondition).toBeGreaterThan(0);
  expect(told.testWithoutCondition).not.toBe(told.test);
  expect(await json(out, 'conditional', 'conditions.json')).toMatchObject({
    rows: [
      { name: 'unconditional', nats: { told: null, untold: plain.test } },
      { name: 'conditional', nats: { told: told.test, untold: told.testWithoutCondition } },
    ],
  });
  expect(await pictures(run('unconditional'))).toEqual(['samples.png']);
  expect(await pictures(run('conditional'))).toEqual(
    [0, 1, 3].map((guidance) => `classes-guidance-${guidance}.png`),
  );
});

it('trains auto-encoders by likelihood and by squared error, their pictures below each other', async () => {
  const out = await temporaryFolder();
  const rows = ['pixelcnn-10', 'mse-10'];
  const options = { preset: 'smoke', rows, out, log: () => {} } as const;
  const set = { ...few, data: 'seeded', encoderFilters: 2 };
  const { failures } = await runExperiment(autoencoder, { ...options, set });
  expect(failures).toEqual([]);
  const folder = join(out, 'autoencoder');
  for (const row of rows) {
    const run = join(folder, 'runs', row, 'seed-0');
    expect(await pictures(run)).toEqual(['interpolations.png', 'reconstructions.png']);
    expect((await json(run, 'config.json')).settings.loss).toBe(row === 'mse-10' ? 'mse' : 'nll');
  }
  expect(await pictures(folder)).toEqual(
    expect.arrayContaining(['interpolations.png', 'reconstructions.png']),
  );
});
