import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetSplits, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { bitsPerDim } from '@pixelrnn/metrics';
import { pixelCNN } from '@pixelrnn/models';
import { evaluate } from '@pixelrnn/training';
import { beforeAll, expect, it } from 'vitest';
import { chosenPositions, endsOf, namedDistributions } from './conditionals.js';
import { bothWays } from './densities.js';
import { discreteVsContinuous } from './discreteVsContinuous.js';
import type { Experiment } from './experiment.js';
import { runExperiment } from './runner/runExperiment.js';
import { softmaxDistributions } from './softmaxDistributions.js';
import { softmaxVsMcgsm } from './softmaxVsMcgsm.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Images of 8x8x3 with many pixels at both ends. */
function split(count: number, shift: number): ImageDataset {
  const images = Uint8Array.from({ length: count * 192 }, (_, i) => {
    const value = ((i * 37 + shift * 11 + Math.floor(i / 192) * 5) % 320) - 32;
    return Math.max(0, Math.min(255, value));
  });
  return new ImageDataset({
    ...{ name: 'CIFAR-10', kind: 'original', levels: 256, height: 8, width: 8, channels: 3, images },
  } as ConstructorParameters<typeof ImageDataset>[0]);
}
const data: DatasetSplits = { train: split(20, 1), valid: split(8, 2), test: split(8, 3) };
const small = { steps: 4, batchSize: 4, validImages: 4, testImages: 4, validateEvery: 4 };
const with_ = (experiment: Experiment): Experiment => ({ ...experiment, loadData: async () => data });
const quiet = { preset: 'smoke' as const, log: () => {} };

const size = { height: 8, width: 8, colors: 3, levels: 256 };
const model = () => pixelCNN({ ...size, blocks: 1, h: 6, headWidth: 6, seed: 1 });

it('chooses the first red, middle pixels in turn, and true ends below the uppermost quarter', () => {
  const positions = chosenPositions(data.test.subset(3));
  expect(positions[0]).toEqual({ image: 0, row: 0, column: 0, color: 0 });
  expect(positions.slice(1, 4)).toEqual(
    [0, 1, 2].map((image) => ({ image, row: 4, column: 4, color: image })),
  );
  const { images } = data.test.subset(3);
  const values = positions
    .slice(4)
    .map(({ image, row, column, color }) => images[image * 192 + (row * 8 + column) * 3 + color]);
  expect(values).toEqual([0, 0, 255, 255]);
  for (const { row } of positions.slice(4)) expect(row).toBeGreaterThanOrEqual(2);
});

it("gives the model's distributions: their true probabilities are the likelihood", async () => {
  const trained = model();
  const one = data.test.subset(1);
  const everywhere = Array.from({ length: 192 }, (_, i) => ({
    ...{ image: 0, row: Math.floor(i / 24), column: Math.floor(i / 3) % 8, color: i % 3 },
  }));
  const found = namedDistributions(trained, one, everywhere);
  for (const { probabilities } of found) expect(probabilities.reduce((a, b) => a + b)).toBeCloseTo(1, 4);
  const nats = found.reduce((sum, { probabilities, truth }) => sum - Math.log(probabilities[truth]!), 0);
  expect(nats).toBeCloseTo((await evaluate(trained, one)).nats, 1);
  expect(found[190]?.label).toBe(`image 0, (7, 7), green: ${one.images[190]}`);

  const ends = await endsOf(trained, one);
  const mean = (level: number) =>
    found.reduce((sum, { probabilities }) => sum + probabilities[level]!, 0) / 192;
  expect(ends.predicted[0]).toBeCloseTo(mean(0), 5);
  expect(ends.predicted[255]).toBeCloseTo(mean(255), 5);
  const zeros = found.filter(({ truth }) => truth === 0);
  expect(ends.true[0]).toBeCloseTo(zeros.length / 192, 10);
  expect(ends.firstWhereTrue).toBeCloseTo(
    zeros.reduce((sum, { probabilities }) => sum + probabilities[0]!, 0) / zeros.length,
    5,
  );
  trained.dispose();
});

it('trains a stand-in where no model is there, and measures that of section 5.3 where it is', async () => {
  const out = await temporaryFolder();
  const results = join(out, 'nothing');
  const options = { ...quiet, out, results };
  const mine = { ...options, rows: ['row-lstm', 'own-row-lstm'], set: { testImages: 4, validImages: 4 } };
  const own = await runExperiment(with_(softmaxDistributions), mine);
  expect(own.failures).toEqual([]);
  const measured = own.table.rows.filter(({ test }) => test !== null);
  expect(measured.map(({ name }) => name)).toEqual(['row-lstm', 'own-row-lstm']);
  expect(measured[1]!.test).toBeCloseTo(measured[0]!.test!, 4);
  const folder = join(out, 'softmax-distributions', 'runs', 'own-row-lstm', 'seed-0');
  expect(await readdir(folder)).toEqual(
    expect.arrayContaining(['distributions.png', 'distributions.html', 'distributions.json']),
  );
  const written = JSON.parse(await readFile(join(folder, 'distributions.json'), 'utf8'));
  expect(written.weights).toBe('softmax-distributions/row-lstm/seed-0');
  expect(written.conditionals[0]).toMatchObject({ row: 0, column: 0, color: 0 });

  const other = { ...options, out: await temporaryFolder() };
  const trained = await runExperiment(with_(softmaxVsMcgsm), { ...other, rows: ['softmax'], set: small });
  expect(trained.failures).toEqual([]);
  const without = await runExperiment(with_(softmaxDistributions), other);
  expect(without.failures).toEqual([]);
  expect(without.table.rows.filter(({ test }) => test !== null).map(({ name }) => name)).toEqual(['softmax']);
}, 300_000);

it('a density costs more than the discrete model that integrates it, and a softmax the same both ways', async () => {
  const out = await temporaryFolder();
  const options = { ...quiet, out, results: join(out, 'nothing') };
  const trained = await runExperiment(with_(softmaxVsMcgsm), { ...options, set: small });
  expect(trained.failures).toEqual([]);
  const rows = ['uniform', 'gaussian', 'mcgsm', 'mcgsm-bins', 'softmax'];
  const { table, failures } = await runExperiment(with_(discreteVsContinuous), { ...options, rows });
  expect(failures).toEqual([]);
  const bits = Object.fromEntries(table.rows.map(({ name, test }) => [name, test]));
  expect(bits.uniform).toBe(8);
  expect(bits.mcgsm).toBeGreaterThan(bits['mcgsm-bins']!);
  const bounds = async (row: string) =>
    JSON.parse(
      await readFile(join(out, 'discrete-vs-continuous', 'runs', row, 'seed-0', 'bounds.json'), 'utf8'),
    );
  const { discrete, dequantised, gap } = await bounds('mcgsm');
  expect([discrete.mean, dequantised.mean]).toEqual([
    expect.closeTo(bits['mcgsm-bins']!, 5),
    expect.closeTo(bits.mcgsm!, 5),
  ]);
  expect(gap.mean).toBeCloseTo(bits.mcgsm! - bits['mcgsm-bins']!, 5);
  expect((await bounds('softmax')).gap).toEqual({ mean: 0, standardError: 0 });
}, 300_000);

it('evaluates a softmax at its pixels with noise as at its integers, image by image', async () => {
  const trained = model();
  const { discrete, dequantised } = await bothWays(trained, data.test.subset(3), 2);
  expect([...dequantised]).toEqual([...discrete]);
  const mean = discrete.reduce((a, b) => a + b) / 3;
  expect(bitsPerDim(mean, 192)).toBeCloseTo(
    bitsPerDim((await evaluate(trained, data.test.subset(3))).nats, 192),
    4,
  );
  trained.dispose();
});

it('integrates the Gaussian of small images over bins: no worse than at dequantised pixels', async () => {
  const out = await temporaryFolder();
  const rows = ['gaussian', 'gaussian-bins'];
  const many = { ...data, train: split(600, 1), valid: split(60, 2) };
  const experiment = { ...discreteVsContinuous, loadData: async () => many };
  const { table, failures } = await runExperiment(experiment, { ...quiet, out, rows });
  expect(failures).toEqual([]);
  const [density, bins] = rows.map((row) => table.rows.find(({ name }) => name === row)!);
  expect(bins!.test).toBeLessThan(density!.test!);
  const path = join(out, 'discrete-vs-continuous', 'runs', 'gaussian-bins', 'seed-0', 'bounds.json');
  const { dequantised, tilted, discrete } = JSON.parse(await readFile(path, 'utf8'));
  expect(dequantised.mean).toBeCloseTo(density!.test!, 4);
  expect(tilted.mean).toBeLessThan(dequantised.mean);
  expect(discrete.mean).toBeLessThan(tilted.mean + 1e-4); // so broad a Gaussian is almost flat in a bin
}, 300_000);
