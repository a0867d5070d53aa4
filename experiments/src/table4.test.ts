import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, expect, it } from 'vitest';
import { resultTable } from './runner/runTable.js';
import { table4 } from './table4.js';

beforeAll(() => loadEngine({ quiet: true }));

it("holds the paper's numbers, each with its source", () => {
  expect(Object.fromEntries(table4.rows.map(({ name, paper }) => [name, paper]))).toEqual({
    dbm: 84.62,
    dbn: 84.55,
    nade: 88.33,
    eonade: 85.1,
    eonade5: 84.68,
    dlgm: 86.6,
    dlgm8: 85.51,
    darn: 84.13,
    made: 86.64,
    draw: 80.97,
    pixelcnn: 81.3,
    'row-lstm': 80.54,
    'diagonal-bilstm-1x32': 80.75,
    'diagonal-bilstm-7x16': 79.2,
    'gated-pixelcnn': null,
  });
  for (const { paper, paperSource } of table4.rows) {
    expect(paperSource).toBe(paper === null ? null : 'PixelRNN, Table 4');
  }
});

it('builds the PixelCNN of its presets', () => {
  const model = table4.rows.find(({ name }) => name === 'pixelcnn')?.model;
  const shape = { height: 28, width: 28, colors: 1, levels: 2 };
  const built = model?.build(model.presets.paper, shape, 0);
  expect(built?.countParams()).toBe(1600 + 7 * (528 + 2320 + 544) + 2 * 1056 + 33);
  expect(built?.outputs[0]?.shape).toEqual([null, 28, 28, 1]);
  built?.dispose();
});

it('labels a result by what it was measured on', () => {
  const result = {
    test: 90,
    valid: 91,
    train: null,
    testImages: 10_000,
    testSplit: 10_000,
    validImages: 100,
    testStandardError: 0.1,
    dimensions: 784,
    dataset: 'binarized MNIST (fixed)',
    parameters: 5,
    steps: 10,
    images: 160,
    seconds: 2,
    engine: 'wasm',
  };
  const settings: Record<string, unknown> = { ...table4.rows[10]?.model?.presets.paper };
  const row = (...results: (typeof result)[]) =>
    resultTable(
      table4,
      'smoke',
      new Map([['pixelcnn', new Map(results.map((result, seed) => [seed, { result, settings }]))]]),
    ).rows[10];
  expect(row(result)).toMatchObject({
    label: 'PixelCNN',
    paper: 81.3,
    test: 90,
    sd: null,
    seeds: [0],
    engine: 'wasm',
  });
  expect(row({ ...result, dataset: 'binarized MNIST (seeded binarization)' })?.label).toBe(
    'PixelCNN, on binarized MNIST (seeded binarization)',
  );
  expect(row({ ...result, testImages: 200 })?.label).toBe('PixelCNN, 200 of 10000 test images');
  settings.h = 5;
  expect(row(result)?.label).toBe('PixelCNN, h 5');
  expect(row(result, { ...result, test: 92 })).toMatchObject({ test: 91, sd: Math.SQRT2, seeds: [0, 1] });
  expect(row()).toMatchObject({ test: null, seeds: [], engine: null });
});
