import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import type { RunResult } from '@pixelrnn/metrics';
import { expect, it } from 'vitest';
import { completions } from '../completions.js';
import type { Experiment } from '../experiment.js';
import { table2 } from '../table2.js';
import { table4 } from '../table4.js';
import { table6 } from '../table6.js';
import type { RunResults } from './runResults.js';
import { resultTable, writeTable } from './runTable.js';
import { leftOut } from './sameSettings.js';

const settings = { blocks: 1, h: 2, headWidth: 16, validImages: null };
const result = {
  ...{
    test: 81.25,
    testImages: 10_000,
    testSplit: 10_000,
    testStandardError: 0.2,
    valid: 81,
    validImages: 10_000,
  },
  ...{ train: null, dimensions: 784, dataset: table4.canonicalDataset, parameters: 10, steps: 3, images: 48 },
  ...{ seconds: 1, engine: 'wasm' },
} satisfies RunResult;

/** The text of the table's plot, whose runs have these test numbers, a seed each. */
async function plotOf(tests: number[], experiment: Experiment = table4): Promise<string> {
  const runs: RunResults = new Map(
    tests.map((test, seed) => [seed, { settings, result: { ...result, test } }]),
  );
  const results = new Map([['pixelcnn', runs]]);
  const folder = await temporaryFolder();
  await writeTable(experiment, resultTable(experiment, 'cpu', results), results, folder);
  return readFile(join(folder, 'plot.html'), 'utf8');
}

it('plots the standard error of a single seed, and the deviation over several', async () => {
  expect(await plotOf([81.25])).toContain('81.25 ± 0.20');
  expect(await plotOf([81, 82])).toContain('81.50 ± 0.71');
  const note = 'of rows with several seeds, standard deviation over seeds';
  expect(await plotOf([81, 82])).toContain(note);
  expect(await plotOf([81.25])).not.toContain(note);
});

it('averages seeds of the same settings alone, and names the others', () => {
  const run = (test: number, own: Record<string, unknown>) => ({
    settings: { ...table4.rows[10]?.model?.presets.smoke, ...own },
    result: { ...result, test, steps: 60 },
  });
  const drawn = { samples: 9, logEvery: 7, validateEvery: 3, maxSeconds: 1000, clipNorm: null };
  const runs: RunResults = new Map([
    [10, run(99, { h: 16, steps: 50 })], // as folders are listed
    [1, run(83, drawn)],
    [0, run(81, {})],
    [2, run(70, { testImages: 7 })],
  ]);
  const results = new Map([['pixelcnn', runs]]);
  const row = resultTable(table4, 'smoke', results).rows[10];
  expect(row).toMatchObject({ test: 82, sd: Math.SQRT2, seeds: [0, 1] });
  expect(leftOut(table4.rows, results)).toEqual([
    expect.stringMatching(
      /^PixelCNN, seed 2: left out .* seed 0 \(testImages: 200 with seed 0, 7 with seed 2\)/,
    ),
    expect.stringMatching(
      /^PixelCNN, seed 10: .*steps: 60 with seed 0, 50 with seed 10; h: 8 with seed 0, 16 /,
    ),
  ]);
});

it.each([
  [table4, 'test negative log-likelihood (nats per image), lower is better'],
  [table2, 'validation negative log-likelihood (bits/dim), lower is better'],
  [
    completions,
    'test negative log-likelihood of the lower half given the upper one<br>(nats per image), lower is better',
  ],
  [table6, 'validation negative log-likelihood (bits/dim), lower is better'], // its test split
])('names the images of the numbers at the axis (%#)', async (experiment, axis) => {
  expect(await plotOf([81.25], experiment)).toContain(`"${axis.replaceAll('<', '\\u003c')}"`);
});
