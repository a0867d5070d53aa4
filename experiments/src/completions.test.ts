import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetSplits, ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { likelihood } from '@pixelrnn/generation';
import { Random } from '@pixelrnn/random';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import { completionPicture, repeatImages } from './completionPictures.js';
import { completions } from './completions.js';
import { loadPretrained } from './results/loadPretrained.js';
import { planMeasures } from './runner/measureRow.js';
import { runExperiment } from './runner/runExperiment.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Blots instead of digits. */
function split(count: number, seed: number): ImageDataset {
  const random = new Random(seed);
  const images = Uint8Array.from({ length: count * 784 }, (_, i) => {
    const [row, column] = [Math.floor(i / 28) % 28, i % 28];
    return row > 8 && row < 20 && column > 8 && column < 20 && random.uniform() < 0.6 ? 1 : 0;
  });
  return new ImageDataset({
    ...{ name: 'binarized MNIST (fixed)', kind: 'fixed', levels: 2, height: 28, width: 28, channels: 1 },
    images,
  } as ConstructorParameters<typeof ImageDataset>[0]);
}
const data: DatasetSplits = { train: split(4, 1), valid: split(6, 2), test: split(6, 3) };
const experiment = { ...completions, loadData: async () => data };
const row = 'diagonal-bilstm-1x32';

it('measures committed weights: the likelihood of the missing half is what the whole image lacks of the given one', async () => {
  const out = await temporaryFolder();
  const lines: string[] = [];
  const set = { testImages: 3, validImages: 2, shown: 2, each: 2 };
  const options = {
    preset: 'smoke' as const,
    rows: [row],
    set,
    out,
    log: (line: string) => lines.push(line),
  };
  const { table, failures } = await runExperiment(experiment, options);
  expect(failures).toEqual([]);
  const folder = join(out, 'completions', 'runs', row, 'seed-0');
  const written = JSON.parse(await readFile(join(folder, 'completions.json'), 'utf8'));
  expect(written.weights).toBe(`table4/${row}/seed-0`);

  const model = await loadPretrained(`table4/${row}`);
  const images = data.test.subset(3).images;
  const { nats, perPosition } = await likelihood(model, images);
  model.dispose();
  let [lower, whole] = [0, 0];
  for (let i = 0; i < 3; i++) {
    whole += nats[i]! / 3;
    for (let p = 14 * 28; p < 784; p++) lower += perPosition[i * 784 + p]! / 3;
  }
  const measured = table.rows.find(({ name }) => name === row)!;
  expect(measured.test).toBeCloseTo(lower, 4);
  expect(written.test.whole).toBeCloseTo(whole, 4);
  expect(written.test.lower + written.test.upper).toBeCloseTo(whole, 4);
  expect(measured.label).toBe('Diagonal BiLSTM (1 layer, h = 32), 3 of 6 test images');
  expect(written.pictures).toHaveLength(2);
  expect(written.pictures[1].completions).toHaveLength(2);

  const { width, height } = await sharp(join(folder, 'completions.png')).metadata();
  expect([width, height]).toEqual([4 * 58 + 2, 2 * 58 + 2]);
  expect(await runExperiment(experiment, options)).toMatchObject({ failures: [] });
  expect(lines.at(-1)).toContain('already done');
  await runExperiment(experiment, { ...options, set: { ...set, testImages: 2 } });
  expect(lines.find((line) => line.includes('measuring again'))).toContain(
    'testImages: 3 there, 2 asked for',
  );
}, 300_000);

it('leaves out rows whose model is not trained, and fails where one was asked for by name', async () => {
  const out = await temporaryFolder();
  const results = join(out, 'nothing');
  const lines: string[] = [];
  const options = { preset: 'smoke' as const, out, results, log: (line: string) => lines.push(line) };
  const { failures, table } = await runExperiment(experiment, options);
  expect(failures).toEqual([]);
  expect(table.rows.every(({ test }) => test === null)).toBe(true);
  expect(lines).toHaveLength(completions.rows.length);
  expect(lines[0]).toContain('pnpm exp table4 --preset smoke --rows pixelcnn trains it');
  const named = await runExperiment(experiment, { ...options, rows: [row] });
  expect(named.failures).toEqual([
    { row, seed: 0, message: expect.stringContaining(`no finished run of table4/${row} of preset smoke`) },
  ]);
});

it('refuses settings that it does not have', () => {
  const plan = (set: Record<string, unknown>) => () => planMeasures(completions, { preset: 'cpu', set });
  expect(plan({ steps: 3 })).toThrow('has no setting steps: expected one of data, testImages, validImages');
  expect(plan({ shown: 0 })).toThrow(/Settings of pixelcnn: .*shown/s);
  expect(plan({ data: 'mnist' })).toThrow('Setting data of completions: expected one of fixed, seeded');
  expect(plan({ shown: 3 })()).toHaveLength(5);
});

it('draws the original, what is given in grey, and the completions, in a row for each image', async () => {
  const shape = { height: 2, width: 2, channels: 1, levels: 2 };
  const originals = Uint8Array.of(1, 0, 1, 0, 0, 0, 1, 1);
  expect([...repeatImages(originals, 2, 2)]).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1]);
  const completed = Uint8Array.of(1, 0, 0, 0, 1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 1, 0);
  const known = Uint8Array.of(1, 1, 0, 0);
  const png = await completionPicture({ shape, originals, completed, each: 2, known });
  const { data: pixels, info } = await sharp(png)
    .extractChannel(0)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const tile = (row: number, column: number) =>
    [0, 1, 2, 3].map((i) => {
      const y = 2 + row * 6 + 2 * Math.floor(i / 2);
      const x = 2 + column * 6 + 2 * (i % 2);
      return pixels[y * info.width + x];
    });
  expect([0, 1, 2, 3].map((column) => tile(0, column))).toEqual([
    [255, 0, 255, 0],
    [255, 0, 128, 128],
    [255, 0, 0, 0],
    [255, 0, 255, 255],
  ]);
  expect(tile(1, 3)).toEqual([0, 0, 255, 0]);
});

it('measures nothing where more images are asked for than there are', async () => {
  const out = await temporaryFolder();
  const set = { testImages: 7, validImages: 2, shown: 2, each: 2 };
  const asked = { preset: 'smoke' as const, rows: [row], set, out, log: () => {} };
  const { failures } = await runExperiment(experiment, asked);
  expect(failures[0]?.message).toContain(
    'testImages: expected at most 6, the test images of binarized MNIST',
  );
  expect(existsSync(join(out, 'completions', 'runs'))).toBe(false);
});
