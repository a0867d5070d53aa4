import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { pixelCNN } from './pixelCNN.js';
import { type PixelRNNOptions, pixelRNN } from './pixelRNN.js';
import { pixelRNNSteps } from './testing/expectedContext.js';
import { everyLogLikelihood, expectDependencies } from './testing/proofs.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny = {
  height: 4,
  width: 5,
  colors: 1,
  levels: 2,
  layers: 1,
  h: 3,
  headWidth: 4,
  firstKernel: 3,
} as const;
const cells = ['row', 'diagonal'] as const;

const shapes: [string, Omit<PixelRNNOptions, 'cell'>][] = [
  ['one colour, one layer', tiny],
  ['one colour, two layers, skip', { ...tiny, layers: 2, skip: true }],
  ['one colour, no residual, higher than wide', { ...tiny, height: 5, width: 3, residual: false }],
  [
    'three colours, h and head not divisible by 3',
    { ...tiny, height: 3, width: 4, colors: 3, levels: 4, h: 4, headWidth: 5 },
  ],
  [
    'three colours, MCGSM',
    { ...tiny, height: 2, width: 3, colors: 3, levels: 4, h: 4, headWidth: 5, distribution: 'mcgsm' },
  ],
  [
    'three colours, two layers, skip, no residual',
    { ...tiny, height: 3, width: 3, colors: 3, h: 5, headWidth: 7, layers: 2, skip: true, residual: false },
  ],
];

describe.each(cells)('%s: dependence of every logit on every input', (cell) => {
  it.each(shapes)('is the context that the paper claims, no more and no less: %s', (_, shape) => {
    const options = { ...shape, cell };
    const model = pixelRNN(options);
    expectDependencies(model, options, pixelRNNSteps(options));
    model.dispose();
  });
});

describe.each(cells)('%s: the likelihood', (cell) => {
  it.each([
    ['2 levels, 3 x 3 x 1', { ...tiny, height: 3, width: 3 }],
    ['MCGSM, 2 levels, 2 x 2 x 1', { ...tiny, height: 2, width: 2, headWidth: 5, distribution: 'mcgsm' }],
    [
      'MCGSM, 4 levels, 1 x 2 x 3',
      { ...tiny, height: 1, width: 2, colors: 3, levels: 4, h: 4, headWidth: 5, distribution: 'mcgsm' },
    ],
    [
      '4 levels, 1 x 2 x 3',
      { ...tiny, height: 1, width: 2, colors: 3, levels: 4, h: 4, headWidth: 5, skip: true },
    ],
  ] as [string, Omit<PixelRNNOptions, 'cell'>][])('sums to 1 over every image: %s', (_, shape) => {
    const model = pixelRNN({ ...shape, cell });
    model.setWeights(
      model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.8, 'float32', i)),
    );
    const nats = everyLogLikelihood(model, shape);
    expect(nats.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(Math.max(...nats) - Math.min(...nats)).toBeGreaterThan(1);
    model.dispose();
  });
});

describe.each(cells)('%s: the model', (cell) => {
  it('has the parameters of its layers', () => {
    const [cin, h] = [32, 16];
    const lstm =
      cell === 'row'
        ? 3 * cin * 4 * h + 4 * h + 3 * h * 4 * h + 2 * h
        : cin * 8 * h + 8 * h + 4 * h * 4 * h + 4 * h;
    const around = 49 * cin + cin + 2 * (32 * 32 + 32) + 33;
    const options = { cell, height: 28, width: 28, colors: 1, levels: 2, layers: 2, h, headWidth: 32 };
    const pointwise = (from: number, to: number) => from * to + to;
    const plain = pixelRNN(options);
    expect(plain.countParams()).toBe(around + 2 * (lstm + pointwise(h, cin)));
    const skip = pixelRNN({ ...options, skip: true });
    expect(skip.countParams()).toBe(around + 2 * (lstm + pointwise(h, cin) + pointwise(cin, cin)));
    expect(pixelRNN({ ...options, residual: false }).countParams()).toBe(plain.countParams());
  });

  it('adds each residual once: with its projections at zero, it is the network without layers', () => {
    const { layers: _, ...options } = { ...tiny, h: 4 };
    const model = pixelRNN({ ...options, cell, layers: 2 });
    const without = pixelCNN({ ...options, blocks: 0 });
    const byName = new Map(without.layers.map((layer) => [layer.name, layer]));
    for (const layer of model.layers) {
      if (/^layer\d+$/.test(layer.name))
        layer.setWeights(layer.getWeights().map((weight) => tf.zeros(weight.shape)));
      byName.get(layer.name)?.setWeights(layer.getWeights());
    }
    const input = tf.randomNormal([2, 4, 5, 1], 0, 1, 'float32', 1);
    const [logits, expected] = [model, without].map((each) => (each.predict(input) as tf.Tensor).dataSync());
    logits?.forEach((value, i) => void expect(value).toBeCloseTo(expected?.[i] as number, 5));
  });

  it('survives save and load, with equal outputs', async () => {
    const model = pixelRNN({
      ...tiny,
      cell,
      colors: 3,
      levels: 4,
      skip: true,
      conditionMaps: 2,
      kernelSize: 5,
      seed: 9,
    });
    const loaded = await saveAndLoad(model);
    const inputs = [3, 2].map((maps) => tf.randomUniform([2, 4, 5, maps], -1, 1, 'float32', maps));
    expect((loaded.predict(inputs) as tf.Tensor).dataSync()).toEqual(
      (model.predict(inputs) as tf.Tensor).dataSync(),
    );
    model.dispose();
    loaded.dispose();
  });

  it('runs on widths of 1 and 2, a batch of one and a single pixel', () => {
    for (const shape of [
      { ...tiny, h: 1, headWidth: 1 },
      { ...tiny, height: 1, width: 1 },
      { ...tiny, height: 5, width: 1 },
      { ...tiny, height: 1, width: 5, h: 2 },
      { ...tiny, height: 2, width: 2, colors: 3, levels: 256, h: 1, headWidth: 2 },
    ]) {
      const model = pixelRNN({ ...shape, cell });
      const { height, width, colors, levels } = shape;
      const output = model.predict(tf.zeros([1, height, width, colors])) as tf.Tensor;
      expect(output.shape).toEqual([1, height, width, colors, levels].slice(0, levels === 2 ? 4 : 5));
      expect(output.isNaN().any().dataSync()[0]).toBe(0);
      model.dispose();
    }
  });

  it('is conditioned on a vector as on a map that has it everywhere, and without on zeros', () => {
    const sizes = { ...tiny, cell, height: 3, width: 4, layers: 2 };
    const [byVector, byMap, plain] = [{ conditionSize: 2 }, { conditionMaps: 2 }, {}].map((condition) =>
      pixelRNN({ ...sizes, ...condition }),
    ) as [tf.LayersModel, tf.LayersModel, tf.LayersModel];
    const weights = byVector.getWeights();
    byMap.setWeights(weights);
    const pixels = tf.randomUniform([2, 3, 4, 1], -1, 1, 'float32', 1);
    const vector = tf.tensor2d([1, -2, 0.5, 3], [2, 2]);
    const map = tf.tile(tf.reshape(vector, [2, 1, 1, 2]), [1, 3, 4, 1]);
    const logits = (model: tf.LayersModel, ...given: tf.Tensor[]) => [
      ...(model.predict([pixels, ...given]) as tf.Tensor).dataSync(),
    ];
    const told = logits(byVector, vector);
    logits(byMap, map).forEach((value, i) => void expect(told[i]).toBeCloseTo(value, 5));
    expect(told).not.toEqual(logits(plain));
    expect(logits(pixelRNN({ ...sizes, conditionSize: 2 }), tf.zeros([2, 2]))).toEqual(logits(plain));
  });

  it('is conditioned by its second input in every layer, and causal all the same', () => {
    const options = { ...tiny, cell, height: 3, width: 3, conditionMaps: 2 };
    const model = pixelRNN(options);
    const pixels = tf.zeros([1, 3, 3, 1]);
    const logits = (condition: tf.Tensor) => (model.predict([pixels, condition]) as tf.Tensor).dataSync();
    const plain = logits(tf.zeros([1, 3, 3, 2]));
    const other = logits(tf.ones([1, 3, 3, 2]));
    expect(plain.every((value, i) => value !== other[i])).toBe(true);
    model.dispose();
  });
});

it('names what is wrong with its options', () => {
  expect(() => pixelRNN({ ...tiny, cell: 'column' as 'row' })).toThrow(
    'pixelRNN: cell: expected "row" or "diagonal", got "column"',
  );
  expect(() => pixelRNN({ ...tiny, cell: 'row', kernelSize: 2 })).toThrow('must be odd');
});
