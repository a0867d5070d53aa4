import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetSplits, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { lockRunFolder } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { bitsPerDim, DequantizedGaussian, IntensityMoments } from '@pixelrnn/metrics';
import { beforeAll, expect, it } from 'vitest';
import { gaussianRow, uniformRow } from './closedFormRows.js';
import { planClosedForms } from './runner/computeRow.js';
import { runExperiment } from './runner/runExperiment.js';
import { table5 } from './table5.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Images of 2x1x3 whose dimensions depend on each other. */
function images(count: number, shift: number): Uint8Array {
  return Uint8Array.from(
    { length: 6 * count },
    (_, i) => (Math.floor(i / 6) * 37 + (i % 6) * shift + i * i) % 256,
  );
}

const split = (values: Uint8Array) =>
  new ImageDataset({
    name: 'CIFAR-10',
    kind: 'original',
    levels: 256,
    height: 2,
    width: 1,
    channels: 3,
    images: values,
    checksums: { file: 'abc' },
  });

const data: DatasetSplits = {
  train: split(images(1500, 7)),
  valid: split(images(40, 11)),
  test: split(images(60, 13)),
};

async function nats(fitted: Uint8Array[], evaluated: Uint8Array): Promise<number> {
  const [fit, evaluation] = [new IntensityMoments(6), new IntensityMoments(6)];
  for (const part of fitted) await fit.add(part);
  await evaluation.add(evaluated);
  return new DequantizedGaussian(fit).nats(evaluation);
}

it('fits the Gaussian of the test split to train and valid, that of the valid split to train', async () => {
  const {
    test,
    valid,
    train,
    images: fitted,
    parameters,
    testStandardError,
  } = await gaussianRow.compute(data, () => {}, '');
  const both = [data.train.images, data.valid.images];
  expect(test).toBeCloseTo(await nats(both, data.test.images), 9);
  expect(valid).toBeCloseTo(await nats([data.train.images], data.valid.images), 9);
  expect(train).toBeCloseTo(await nats(both, Buffer.concat(both)), 9);
  expect([fitted, parameters]).toEqual([1540, 6 + 21]);
  expect(testStandardError).toBeGreaterThan(0);
});

it('gives the uniform distribution 8 bits per dimension', async () => {
  const { test, valid, train } = await uniformRow.compute(data, () => {}, '');
  for (const value of [test, valid, train!]) expect(bitsPerDim(value, 6)).toBe(8);
});

it('runs rows of closed form beside the others: once, whatever the seeds, and not again', async () => {
  const out = await temporaryFolder();
  const experiment = { ...table5, loadData: async () => data };
  const lines: string[] = [];
  const options = {
    preset: 'cpu' as const,
    rows: ['uniform', 'gaussian'],
    seeds: [3, 4],
    out,
    log: (line: string) => lines.push(line),
  };
  const outcome = await runExperiment(experiment, options);
  expect(outcome.failures).toEqual([]);
  const [uniform, gaussian, nice] = outcome.table.rows;
  expect(uniform).toMatchObject({
    label: 'Uniform distribution',
    paper: 8,
    test: 8,
    valid: 8,
    train: 8,
    steps: 0,
  });
  expect(gaussian).toMatchObject({ label: 'Multivariate Gaussian', paper: 4.7, seeds: [0], images: 1540 });
  expect(gaussian!.test).toBeCloseTo(bitsPerDim((await gaussianRow.compute(data, () => {}, '')).test, 6), 9);
  expect(nice!.test).toBeNull();
  const folder = join(out, 'table5', 'runs', 'gaussian', 'seed-0');
  expect(JSON.parse(await readFile(join(folder, 'config.json'), 'utf8'))).toEqual({
    experiment: 'table5',
    row: 'gaussian',
    preset: 'cpu',
    seed: 0,
    dataset: 'CIFAR-10',
    settings: { data: 'cifar10' },
  });
  expect(JSON.parse(await readFile(join(folder, 'environment.json'), 'utf8'))).toMatchObject({
    data: { file: 'abc' },
  });
  lines.length = 0;
  expect(await runExperiment(experiment, options)).toEqual(outcome);
  expect(lines.filter((line) => line.includes('already done'))).toHaveLength(2);
});

it('what one preset has computed stands for every preset, and stays in their tables', async () => {
  const out = await temporaryFolder();
  const experiment = { ...table5, loadData: async () => data };
  const lines: string[] = [];
  const options = { rows: ['uniform'], out, log: (line: string) => lines.push(line) };
  const first = await runExperiment(experiment, { ...options, preset: 'smoke' });
  const second = await runExperiment(experiment, { ...options, preset: 'cpu' });
  expect(second.failures).toEqual([]);
  expect(lines.at(-1)).toContain('already done');
  expect(second.table.rows).toEqual(first.table.rows);
  expect(second.table.rows[0]!.test).toBe(8);
});

it('refuses a run folder that another process works on, with --fresh too, and leaves what is there', async () => {
  const out = await temporaryFolder();
  const experiment = { ...table5, loadData: async () => data };
  const options = { rows: ['uniform'], out, preset: 'smoke' as const, log: () => {} };
  const folder = join(out, 'table5', 'runs', 'uniform', 'seed-0');
  const lock = await lockRunFolder(folder);
  for (const fresh of [false, true]) {
    const { failures } = await runExperiment(experiment, { ...options, fresh });
    expect(failures[0]?.message).toContain(`${folder} is in use by this process (${process.pid})`);
    expect(await readdir(folder)).toEqual(['lock.json']);
  }
  await lock.release();
  expect((await runExperiment(experiment, { ...options, fresh: true })).failures).toEqual([]);
  expect((await readdir(folder)).sort()).toEqual(['config.json', 'environment.json', 'result.json']);
});

it('a computed row that fails stops no other run, and is named', async () => {
  const out = await temporaryFolder();
  const loadData = () => Promise.reject(new Error('no CIFAR-10 here'));
  const options = { preset: 'cpu' as const, rows: ['uniform', 'gaussian'], out, log: () => {} };
  const { table, failures } = await runExperiment({ ...table5, loadData }, options);
  expect(failures).toEqual(options.rows.map((row) => ({ row, seed: 0, message: 'no CIFAR-10 here' })));
  expect(table.rows.every(({ test }) => test === null)).toBe(true);
});

it('plans rows of closed form by name and by data', () => {
  const names = (options: Parameters<typeof planClosedForms>[1]) =>
    planClosedForms(table5, options).map(({ row }) => row.name);
  expect(names({})).toEqual(['uniform', 'gaussian']);
  expect(names({ rows: ['gaussian', 'pixelcnn'], set: { steps: 3 } })).toEqual(['gaussian']);
  expect(names({ rows: ['pixelcnn'], set: { h: 3 } })).toEqual([]);
  expect(() => names({ rows: ['gaussian'], set: { h: 3 } })).toThrow(
    'gaussian has no setting h: expected data',
  );
  expect(() => names({ rows: ['uniform', 'gaussian'], set: { steps: 3 } })).toThrow(
    'uniform has no setting steps: expected data',
  );
  expect(() => names({ set: { data: 'fixed' } })).toThrow('expected one of cifar10, got fixed');
});
