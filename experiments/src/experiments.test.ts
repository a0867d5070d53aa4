import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { presetNames } from './experiment.js';
import { gatedTable1 } from './gatedTable1.js';
import { gatedTable2 } from './gatedTable2.js';
import { experiments } from './registry.js';
import { trainable } from './runner/plan.js';
import { resolveSettings } from './runner/settings.js';
import { softmaxVsMcgsm } from './softmaxVsMcgsm.js';
import { table2 } from './table2.js';
import { table3 } from './table3.js';
import { table6 } from './table6.js';

beforeAll(() => loadEngine({ quiet: true }));

const numbers = (rows: (typeof table2)['rows']) =>
  rows.map(({ name, paper, paperRecalled = false, paperSource }) => [
    name,
    paper,
    paperRecalled,
    paperSource,
  ]);

it("holds the papers' numbers, those that were recalled marked", () => {
  expect(numbers(table2.rows)).toEqual([
    ['plain', 3.22, true, 'PixelRNN, Table 2'],
    ['skip', 3.09, false, 'PixelRNN, Table 2'],
    ['residual', 3.07, false, 'PixelRNN, Table 2'],
    ['residual-skip', 3.06, false, 'PixelRNN, Table 2'],
  ]);
  expect(numbers(table3.rows)).toEqual([
    ['layers-1', 3.3, false, 'PixelRNN, Table 3'],
    ['layers-2', 3.2, true, 'PixelRNN, Table 3'],
    ['layers-3', 3.17, true, 'PixelRNN, Table 3'],
    ['layers-6', 3.09, true, 'PixelRNN, Table 3'],
    ['layers-9', 3.08, true, 'PixelRNN, Table 3'],
    ['layers-12', 3.06, false, 'PixelRNN, Table 3'],
  ]);
  expect(numbers(table6.rows)).toEqual([
    ['row-lstm-32x32', 3.86, false, 'PixelRNN, Table 6 (train 3.83)'],
    ['row-lstm-64x64', 3.63, false, 'PixelRNN, Table 6 (train 3.57)'],
  ]);
  expect(numbers(softmaxVsMcgsm.rows)).toEqual([
    ['softmax', 3.06, false, 'PixelRNN, section 5.3'],
    ['mcgsm', 3.22, false, 'PixelRNN, section 5.3'],
  ]);
  expect(numbers(gatedTable1.rows).map(([name, bits, , source]) => [name, bits, source])).toEqual([
    ['uniform', 8, 'Gated PixelCNN, Table 1'],
    ['gaussian', 4.7, 'Gated PixelCNN, Table 1'],
    ['nice', 4.48, 'Gated PixelCNN, Table 1'],
    ['deep-diffusion', 4.2, 'Gated PixelCNN, Table 1'],
    ['draw', 4.13, 'Gated PixelCNN, Table 1'],
    ['deep-gmms', 4, 'Gated PixelCNN, Table 1'],
    ['conv-draw', 3.58, 'Gated PixelCNN, Table 1 (train 3.57)'],
    ['ride', 3.47, 'Gated PixelCNN, Table 1'],
    ['pixelcnn', 3.14, 'Gated PixelCNN, Table 1 (train 3.08)'],
    ['pixelrnn', 3, 'Gated PixelCNN, Table 1 (train 2.93)'],
    ['gated-pixelcnn', 3.03, 'Gated PixelCNN, Table 1 (train 2.90)'],
  ]);
  expect(numbers(gatedTable2.rows)).toEqual([
    ['conv-draw-32x32', 4.4, false, 'Gated PixelCNN, Table 2 (train 4.35)'],
    ['pixelrnn-32x32', 3.86, false, 'Gated PixelCNN, Table 2 (train 3.83)'],
    ['gated-pixelcnn-32x32', 3.83, false, 'Gated PixelCNN, Table 2 (train 3.77)'],
    ['conv-draw-64x64', 4.1, false, 'Gated PixelCNN, Table 2 (train 4.04)'],
    ['pixelrnn-64x64', 3.63, false, 'Gated PixelCNN, Table 2 (train 3.57)'],
    ['gated-pixelcnn-64x64', 3.57, true, 'Gated PixelCNN, Table 2 (train 3.48)'],
  ]);
  for (const { split } of [table2, table3, softmaxVsMcgsm]) expect(split).toBe('valid');
});

const pointwise = (from: number, to: number) => from * to + to;
const first = (h: number) => 49 * 3 * 2 * h + 2 * h;
const head = (h: number, outputs = 768) =>
  pointwise(2 * h, 1024) + pointwise(1024, 1024) + pointwise(1024, outputs);
// Input-to-state and state-to-state of kernel 3, the learned initial states, the projection to 2h.
const layer = (h: number) => 3 * 2 * h * 4 * h + 4 * h + 3 * h * 4 * h + 2 * h + pointwise(h, 2 * h);
const rowLSTM = (layers: number, h: number, skip = true) =>
  first(h) + layers * (layer(h) + (skip ? pointwise(2 * h, 2 * h) : 0)) + head(h);
/** A gated layer of p maps after one of cin, kernels cropped from n x n. */
const gated = (n: number, cin: number, p: number) => {
  const half = Math.ceil(n / 2);
  const stacks = half * n * cin * 2 * p + 2 * p + (half * cin * 2 * p + 2 * p);
  return stacks + pointwise(2 * p, 2 * p) + pointwise(p, p);
};
const gatedHead = pointwise(384, 1024) + pointwise(1024, 1024) + pointwise(1024, 768);
const gatedPixelCNN = (layers: number) =>
  gated(7, 3, 384) + layers * (gated(5, 384, 384) + pointwise(384, 384)) + gatedHead;
/** A condition of m numbers: weights of both halves of both stacks in each layer. */
const told = (m: number, layers: number, p: number) => m * 4 * p * (layers + 1);
/** Parameters of the encoder: three halvings leave one pixel of a 2 x 2 image. */
const encoder = (f: number, m: number) =>
  9 * 3 * f + f + (9 * f * 2 * f + 2 * f) + (9 * 2 * f * 4 * f + 4 * f) + pointwise(4 * f, m);
/** The same in reverse, without the code's own map. */
const decoder = (f: number, m: number) =>
  pointwise(m, 4 * f) + (9 * 4 * f * 2 * f + 2 * f) + (9 * 2 * f * f + f) + (9 * f * 3 + 3);
const mixture = 2 * 3 * 8 * 4 + 3 * 8 * 1024;
/** By hand, from Table 1. */
const paperParameters: Record<string, number> = {
  'table2 plain': rowLSTM(12, 128, false),
  'table2 skip': rowLSTM(12, 128),
  'table2 residual': rowLSTM(12, 128, false),
  'table2 residual-skip': rowLSTM(12, 128),
  ...Object.fromEntries([1, 2, 3, 6, 9, 12].map((n) => [`table3 layers-${n}`, rowLSTM(n, 128)])),
  'table6 row-lstm-32x32': rowLSTM(12, 384),
  'table6 row-lstm-64x64': rowLSTM(4, 512),
  'softmax-vs-mcgsm softmax': rowLSTM(12, 128),
  'gated-table1 gated-pixelcnn': gatedPixelCNN(20),
  ...Object.fromEntries([10, 100].map((m) => [`autoencoder mse-${m}`, encoder(128, m) + decoder(128, m)])),
  'softmax-vs-mcgsm mcgsm': rowLSTM(12, 128) - head(128) + head(128, 3 * (8 + 1024)) + mixture,
};

/** With one of their 20 layers: each has 127 million parameters, which take long to draw. */
const shallowParameters: Record<string, number> = {
  'conditional-cifar10 unconditional': gatedPixelCNN(1),
  'conditional-cifar10 conditional': gatedPixelCNN(1) + told(10, 1, 384),
  ...Object.fromEntries(
    [10, 100].map((m) => [`autoencoder pixelcnn-${m}`, encoder(128, m) + gatedPixelCNN(1) + told(m, 1, 384)]),
  ),
};

const rows = experiments.flatMap(({ id, rows, metric }) =>
  rows.filter(trainable).map((row) => ({ id, name: row.name, row, metric })),
);

describe.each(rows)('$id $name', ({ id, row, metric }) => {
  const shape =
    metric === 'nats'
      ? { height: 8, width: 8, colors: 1, levels: 2 }
      : { height: 8, width: 8, colors: 3, levels: 256 };

  // The papers' colour models are built below, where their parameters are counted; Gated Table 2 has that of Table 1.
  const built = presetNames.filter(
    (preset) =>
      !(
        preset === 'paper' &&
        (`${id} ${row.name}` in { ...paperParameters, ...shallowParameters } || id === 'gated-table2')
      ),
  );
  it.each(built)('builds the model of preset %s', (preset) => {
    const settings = resolveSettings(row, preset);
    const model = row.model.build(settings, shape, 0);
    expect(model.outputs[0]?.shape.slice(0, 4)).toEqual([null, 8, 8, shape.colors]);
    model.dispose();
  });

  it("trains with the papers' optimiser in preset paper, with Adam in cpu", () => {
    const settings = presetNames.map((preset) => resolveSettings(row, preset));
    expect(settings.map(({ optimizer, schedule }) => [optimizer, schedule])).toEqual([
      ['rmsprop', 'constant'],
      ['adam', 'cosine'],
      ['rmsprop', 'constant'],
    ]);
  });
});

describe('the paper preset has the parameters of Table 1', () => {
  it.each(Object.entries(paperParameters))('%s: %d', (name, parameters) => {
    const row = rows.find((candidate) => `${candidate.id} ${candidate.name}` === name)?.row;
    const shape = { height: 2, width: 2, colors: 3, levels: 256 };
    const model = row?.model.build(row.model.presets.paper, shape, 0);
    expect(model?.countParams()).toBe(parameters);
    model?.dispose();
  });
});

describe('the paper preset has, layer by layer, the parameters of Table 1', () => {
  it.each(Object.entries(shallowParameters))('%s: %d', (name, parameters) => {
    const row = rows.find((candidate) => `${candidate.id} ${candidate.name}` === name)?.row;
    const shape = { height: 2, width: 2, colors: 3, levels: 256 };
    expect(row?.model.presets.paper).toMatchObject({ layers: 20 });
    const model = row?.model.build({ ...row.model.presets.paper, layers: 1 }, shape, 0);
    expect(model?.countParams()).toBe(parameters);
    model?.dispose();
  });
});

it("has the same model in both of the second paper's tables", () => {
  const sizes = (name: string) => {
    const row = rows.find((candidate) => `${candidate.id} ${candidate.name}` === name)?.row;
    const settings = row?.model.presets.paper as Record<string, unknown> | undefined;
    return Object.keys(row?.model.settings.shape ?? {}).map((key) => [key, settings?.[key]]);
  };
  expect(sizes('gated-table1 gated-pixelcnn')).toContainEqual(['layers', 20]);
  for (const size of [32, 64]) {
    expect(sizes(`gated-table2 gated-pixelcnn-${size}x${size}`)).toEqual(
      sizes('gated-table1 gated-pixelcnn'),
    );
  }
});
