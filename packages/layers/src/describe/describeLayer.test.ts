import { loadEngine } from '@pixelrnn/engine';
import type { PlanMap, SumStep } from '@pixelrnn/kernels/plan';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from '../convolution/maskedConv2d.js';
import { pixelCNNBlocks } from '../convolution/pixelCNNBlocks.js';
import { splitLevels } from '../output/splitLevels.js';
import { diagonalBiLSTM } from '../recurrent/diagonalBiLSTM.js';
import { knownPixels } from '../scale/knownPixels.js';
import { transposedConv2d } from '../scale/transposedConv2d.js';
import { describeAlone } from '../testing/describeAlone.js';
import { describeLayer } from './describeLayer.js';
import { PlanBuilder } from './planBuilder.js';

beforeAll(() => loadEngine({ engine: 'cpu', quiet: true }));

const sums = (steps: unknown[]) => steps as SumStep[];

describe('steps and weights', () => {
  it('of a masked convolution: live taps from the centre, and their weights', () => {
    const layer = maskedConv2d({
      filters: 1,
      kernelSize: 3,
      maskType: 'B',
      colors: 1,
      inputActivation: 'relu',
    });
    const { steps } = describeAlone(layer);
    layer.setWeights([tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1]), tf.tensor1d([10])]);
    const [step] = sums(steps) as [SumStep];
    expect(step).toMatchObject({
      when: 'pixel',
      unit: 'linear',
      layer: layer.name,
      residuals: [],
      additions: [],
    });
    const [term] = step.terms;
    expect(term?.inputActivation).toBe('relu');
    expect(term?.taps).toEqual([
      { row: -1, column: -1, colors: 'all' },
      { row: -1, column: 0, colors: 'all' },
      { row: -1, column: 1, colors: 'all' },
      { row: 0, column: -1, colors: 'all' },
      { row: 0, column: 0, colors: 'upTo' },
    ]);
    expect([...(term?.weights() ?? [])]).toEqual([1, 2, 3, 4, 5]); // read now: they follow the layer's
    expect([...(step.bias?.() ?? [])]).toEqual([10]);
  });

  it('of a block: each residual once, at the end', () => {
    const { steps, input } = describeAlone(pixelCNNBlocks({ blocks: 2, h: 1, colors: 1 }), { channels: 2 });
    expect(steps.length).toBe(6);
    const residuals = sums(steps).map((step) => step.residuals);
    const first = steps[2]?.out as number;
    expect(residuals).toEqual([
      [],
      [],
      [{ map: input, row: 0, column: 0 }],
      [],
      [],
      [{ map: first, row: 0, column: 0 }],
    ]);
  });

  it('of a Diagonal BiLSTM: two scans with borders of their own, and their sum one row apart', () => {
    const layer = diagonalBiLSTM({ filters: 1, colors: 1, outputFilters: 1, residual: true });
    const { steps, maps, input } = describeAlone(layer);
    const count = (shape: tf.Shape) => shape.reduce<number>((product, size) => product * (size as number), 1);
    // Every weight a number of its own, 1, 2, 3, ...
    const shapes = layer.getWeights().map(({ shape }) => shape);
    layer.setWeights(shapes.map((shape) => tf.reshape(tf.range(1, count(shape) + 1), shape)));
    const [right, left, both, up] = sums(steps) as [SumStep, SumStep, SumStep, SumStep];
    expect(steps.length).toBe(4);
    expect([right.when, left.when, both.when, up.when]).toEqual(['pixel', 'rowReversed', 'pixel', 'pixel']);
    expect(right.terms[1]?.taps.map(({ row, column }) => [row, column])).toEqual([
      [0, -1],
      [-1, 0],
    ]);
    expect(left.terms[1]?.taps.map(({ row, column }) => [row, column])).toEqual([
      [0, 1],
      [-1, 0],
    ]);
    expect(right.cell).toMatchObject({ row: 0, column: -1 });
    expect(left.cell).toMatchObject({ row: 0, column: 1 });
    expect(both.additions).toEqual([
      { map: right.out, row: 0, column: 0 },
      { map: left.out, row: -1, column: 0 },
    ]);
    expect(up.residuals).toEqual([{ map: input, row: 0, column: 0 }]);
    // o, f, i, g to the right, then to the left
    const weights = (step: SumStep, term: number) => [...(step.terms[term]?.weights() ?? [])];
    expect([weights(right, 0), weights(left, 0)]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect([[...(right.bias?.() ?? [])], [...(left.bias?.() ?? [])]]).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]);
    expect(weights(right, 1)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(weights(left, 1)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    const border = (id: number | undefined) => {
      const { above, left, right } = maps[id as number] as PlanMap;
      return [above, left, right].map((values) => values && [...values()]);
    };
    expect(border(right.out)).toEqual([undefined, [1], undefined]);
    expect(border(left.out)).toEqual([undefined, undefined, [2]]);
    expect(border(both.out)).toEqual([undefined, undefined, undefined]); // not the initial state
  });
});

describe("layers of TensorFlow.js' own", () => {
  it('adds maps, and passes them through a ReLU', () => {
    const plan = new PlanBuilder({ height: 2, width: 2, colors: 1 });
    const a = plan.sum({ channels: 3, when: 'pixel' });
    const b = plan.sum({ channels: 3, when: 'pixel' });
    const [sum] = describeLayer(tf.layers.add(), plan, [a, b]) as [number];
    const [relu] = describeLayer(tf.layers.activation({ activation: 'relu' }), plan, [sum]) as [number];
    const at = (map: number) => ({ map, row: 0, column: 0 });
    expect(plan.steps.slice(2)).toMatchObject([
      { out: sum, unit: 'linear', when: 'pixel', additions: [at(a), at(b)], terms: [] },
      { out: relu, unit: 'relu', when: 'pixel', additions: [at(sum)], terms: [] },
    ]);
  });

  it('is done before the first pixel where its inputs are known before', () => {
    const plan = new PlanBuilder({ height: 2, width: 2, colors: 3 });
    const condition = plan.addCondition({ channels: 2, stride: 1 });
    const [out] = describeLayer(tf.layers.reLU(), plan, [condition]) as [number];
    expect(plan.steps[0]).toMatchObject({ out, when: 'before' });
    expect(plan.map(out)).toMatchObject({ channels: 2, groups: 'all' });
  });

  it.each([
    [
      tf.layers.activation({ activation: 'tanh', name: 'squash' }),
      "layer 'squash' (Activation) has no method describe",
    ],
    [tf.layers.reLU({ maxValue: 6, name: 'six' }), "layer 'six' (ReLU) has no method describe"],
    [
      tf.layers.dense({ units: 1, name: 'dense' }),
      "layer 'dense' (Dense) has no method describe(plan, inputs)",
    ],
  ])('is an error that names a layer without a description', (layer, message) => {
    const plan = new PlanBuilder({ height: 2, width: 2, colors: 1 });
    expect(() => describeLayer(layer, plan, [plan.pixels])).toThrow(message);
  });
});

describe('what does not fit is an error that names the layer', () => {
  const conv = (args: object) =>
    maskedConv2d({ filters: 6, kernelSize: 1, maskType: 'B', colors: 3, name: 'conv', ...args });

  it('colours of a mask', () => {
    expect(() => describeAlone(conv({ colors: 1 }), { colors: 3 })).toThrow(
      "plan: layer 'conv': its mask has 1 colours, the model's pixels have 3",
    );
    const layers = [conv({ outputGroups: 'contiguous', name: 'first' }), conv({})];
    expect(() => describeAlone(layers, { colors: 3 })).toThrow(
      "plan: layer 'conv': its mask takes channels to belong to colours cyclically, but those of its input belong to them as 'contiguous'",
    );
  });

  it('groups of the output, and a second output', () => {
    const levels = splitLevels({ colors: 3, levels: 2, name: 'levels' });
    expect(() => describeAlone([conv({}), levels], { colors: 3 })).toThrow(
      "plan: layer 'levels': expected the output's channels in contiguous groups, one a colour (outputGroups: 'contiguous'), got 'cyclic'",
    );
    const plan = new PlanBuilder({ height: 1, width: 1, colors: 1 });
    describeLayer(splitLevels({ colors: 1, levels: 1 }), plan, [plan.pixels]);
    expect(() =>
      describeLayer(splitLevels({ colors: 1, levels: 1, name: 'more' }), plan, [plan.pixels]),
    ).toThrow("plan: layer 'more': the model has a second output; expected one");
  });

  it('known pixels', () => {
    const plan = new PlanBuilder({ height: 4, width: 4, colors: 1 });
    const other = plan.sum({ channels: 1, when: 'pixel' });
    const known = (stride: number) => knownPixels({ stride, levels: 2, name: 'known' });
    expect(() => describeLayer(known(2), plan, [other, other])).toThrow(
      "plan: layer 'known': its second input must be the model's pixels",
    );
    expect(describeLayer(known(2), plan, [other, plan.pixels])).toEqual([other]);
    expect(() => describeLayer(known(4), plan, [other, plan.pixels])).toThrow('known at the strides 2 and 4');
  });

  it('an upsampled map larger than the image', () => {
    const plan = new PlanBuilder({ height: 4, width: 4, colors: 1 });
    const condition = plan.addCondition({ channels: 1, stride: 1 });
    expect(() =>
      describeLayer(transposedConv2d({ filters: 1, stride: 2, name: 'up' }), plan, [condition]),
    ).toThrow("plan: layer 'up': its map would be 2 times as large as the image");
  });

  it('maps and weights of a wrong description', () => {
    const plan = new PlanBuilder({ height: 1, width: 1, colors: 1 });
    plan.layer = 'mine';
    const term = {
      map: plan.pixels,
      taps: [{ row: 0, column: -1, colors: 'all' as const }],
      weights: () => new Float32Array(3),
    };
    const out = plan.sum({ channels: 2, terms: [term], bias: () => new Float32Array(1) });
    const [step] = sums(plan.steps) as [SumStep];
    expect(() => step.terms[0]?.weights()).toThrow(
      "plan: layer 'mine': expected weights [1,1,2], 2 numbers, got 3",
    );
    expect(() => step.bias?.()).toThrow("plan: layer 'mine': expected bias [2], 2 numbers, got 1");
    expect(() => plan.addStep(step)).toThrow(`map ${out} is written twice`);
    expect(() => plan.map(7)).toThrow("plan: layer 'mine': there is no map 7 among 2");
    expect(() => plan.build(out)).toThrow('expected an output of one channel for each of 1 colours');
    expect(() => plan.sum({ channels: 1, terms: [term], unit: 'elu' as 'relu' })).toThrow(
      "plan: layer 'mine': expected a unit linear, relu, gated, lstm, got elu",
    );
  });
});
