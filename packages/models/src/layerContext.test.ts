import { loadEngine } from '@pixelrnn/engine';
import { type DiagonalBiLSTMArgs, diagonalBiLSTM, maskedConv2d, rowLSTM } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { planOf } from './planOf.js';
import type { ContextStep } from './testing/expectedContext.js';
import { dependencies, expectDependencies } from './testing/proofs.js';

beforeAll(() => loadEngine({ quiet: true }));

interface Shape {
  height: number;
  width: number;
  colors: number;
}

/** One layer as a model, its maps one for each colour. */
function alone(layer: tf.layers.Layer, { height, width, colors }: Shape): tf.LayersModel {
  const input = tf.input({ shape: [height, width, colors] });
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor });
}

const shapes: [string, Shape][] = [
  ['5 x 5, one colour', { height: 5, width: 5, colors: 1 }],
  ['3 x 6, three colours', { height: 3, width: 6, colors: 3 }],
  ['6 x 2, three colours', { height: 6, width: 2, colors: 3 }],
  ['5 x 1, one colour', { height: 5, width: 1, colors: 1 }],
  ['1 x 4, three colours', { height: 1, width: 4, colors: 3 }],
  ['a single pixel, three colours', { height: 1, width: 1, colors: 3 }],
];

const layers: [string, (args: DiagonalBiLSTMArgs) => tf.layers.Layer, ContextStep][] = [
  ['Diagonal BiLSTM', diagonalBiLSTM, { kind: 'diagonalBiLSTM' }],
  ['Row LSTM, k = 3', rowLSTM, { kind: 'rowLSTM', kernelSize: 3 }],
  ['Row LSTM, k = 5', (args) => rowLSTM({ ...args, kernelSize: 5 }), { kind: 'rowLSTM', kernelSize: 5 }],
];

describe.each(layers)('one layer alone: %s', (_, make, step) => {
  it.each(shapes)('sees the context that the paper claims, exactly: %s', (_, shape) => {
    const layer = make({ filters: shape.colors, colors: shape.colors });
    // The layer sees its own pixel's colour; the ideal context, of a distribution, does not: mask A comes before it.
    const first: ContextStep = { kind: 'convolution', height: 1, width: 1, maskType: 'B' };
    expectDependencies(alone(layer, shape), shape, [first, step], { ownColor: true });
  });
});

it('one Diagonal BiLSTM sees every pixel above and to the left, none missing', () => {
  const shape = { height: 4, width: 5, colors: 1 };
  const model = alone(diagonalBiLSTM({ filters: 1, colors: 1 }), shape);
  const seen = dependencies(model, shape, { row: 2, column: 1, color: 0 });
  expect([...seen]).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

it('trap 5: a 1x1 convolution without colour masks lets the later colours in, and the proof tells', () => {
  const shape = { height: 2, width: 2, colors: 3 };
  const red = { row: 1, column: 1, color: 0 };
  const pixel = (model: tf.LayersModel) => [...dependencies(model, shape, red).slice(9)];
  const pointwise = { filters: 3, kernelSize: 1, maskType: 'B' } as const;
  expect(pixel(alone(maskedConv2d({ ...pointwise, colors: 3 }), shape))).toEqual([1, 0, 0]);
  const unmasked = alone(maskedConv2d({ ...pointwise, colors: 1, name: 'unmasked' }), shape);
  expect(pixel(unmasked)).toEqual([1, 1, 1]);
  expect(() => planOf(unmasked)).toThrow(
    "layer 'unmasked': its mask has 1 colours, the model's pixels have 3",
  );
});
