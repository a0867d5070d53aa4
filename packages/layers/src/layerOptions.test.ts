import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import * as layers from './index.js';

beforeAll(() => loadEngine({ quiet: true }));

type Make = (args: object) => tf.layers.Layer;

/** Options that make each layer, and what all of its own are called. */
const made: [string, Make, object][] = [
  ['MaskedConv2D', layers.maskedConv2d as Make, { filters: 4, kernelSize: 3, maskType: 'A', colors: 1 }],
  [
    'MaskedConvChain',
    layers.maskedConvChain as Make,
    { colors: 1, convolutions: [{ name: 'a', filters: 1, kernelSize: 1, maskType: 'B' }] },
  ],
  ['pixelCNNBlocks', layers.pixelCNNBlocks as Make, { blocks: 1, h: 2, colors: 1 }],
  ['RowLSTM', layers.rowLSTM as Make, { filters: 2, colors: 1 }],
  ['DiagonalBiLSTM', layers.diagonalBiLSTM as Make, { filters: 2, colors: 1 }],
  ['GatedLayer', layers.gatedLayer as Make, { filters: 2, kernelSize: 3, maskType: 'B', colors: 1 }],
  ['StridedConv2D', layers.stridedConv2d as Make, { filters: 2, kernelSize: 3 }],
  ['SplitLevels', layers.splitLevels as Make, { colors: 3, levels: 4 }],
  ['MCGSM', layers.mcgsm as Make, { colors: 1, features: 4 }],
  ['FixedGaussian', layers.fixedGaussian as Make, { deviation: 0.2 }],
  ['Subsample', layers.subsample as Make, { stride: 2 }],
  ['TransposedConv2D', layers.transposedConv2d as Make, { filters: 2, stride: 2 }],
  ['KnownPixels', layers.knownPixels as Make, { stride: 2, levels: 2 }],
  ['JoinScales', layers.joinScales as Make, { stride: 2 }],
];

describe.each(made)('the options of %s', (name, make, args) => {
  it('are strict, each by its name', () => {
    expect(() => make({ ...args, strides: 2, padding: 'valid' })).toThrow(
      new RegExp(
        `^${name}: strides: unknown, expected one of|^${name}: strides: unknown, expected \\w+; padding`,
      ),
    );
    for (const [option, value] of Object.entries(args)) {
      expect(() => make({ ...args, [option]: undefined })).toThrow(
        new RegExp(`^${name}: ${option}: .*, got nothing$`),
      );
      if (typeof value !== 'number') continue;
      const got = (wrong: string) => new RegExp(`^${name}: ${option}: .*, got ${wrong}$`);
      expect(() => make({ ...args, [option]: String(value) })).toThrow(got(`"${value}"`));
      expect(() => make({ ...args, [option]: 0 })).toThrow(got('0'));
    }
    expect(() => make(undefined as unknown as object)).toThrow(new RegExp(`^${name}: `));
  });

  it('stand beside those of every layer, and make it again', () => {
    const layer = make({ ...args, name: 'own', trainable: false, dtype: 'float32', inputShape: [4, 4, 1] });
    expect([layer.name, layer.trainable, layer.batchInputShape]).toEqual(['own', false, [null, 4, 4, 1]]);
    const config = JSON.parse(JSON.stringify(layer.getConfig()));
    const kind = layer.constructor as unknown as new (config: object) => tf.layers.Layer;
    expect(new kind({ ...config, customObjects: {} }).getConfig()).toEqual(layer.getConfig());
  });
});

it.each<[string, () => unknown, string]>([
  [
    'activation',
    () =>
      layers.maskedConv2d({
        filters: 1,
        kernelSize: 3,
        maskType: 'B',
        colors: 1,
        activation: 'elu' as 'relu',
      }),
    'MaskedConv2D: activation: expected "linear" or "relu", got "elu"',
  ],
  [
    'kernelSize',
    () => layers.maskedConv2d({ filters: 1, kernelSize: [3, 4], maskType: 'B', colors: 1 }),
    'MaskedConv2D: kernelSize.1: must be odd, got 4',
  ],
  [
    'seed',
    () => layers.rowLSTM({ filters: 1, colors: 1, seed: -1 }),
    'RowLSTM: seed: expected a number from 0, got -1',
  ],
  [
    'h',
    () => layers.rowLSTM({ h: '4', colors: 1 } as unknown as layers.RowLSTMArgs),
    'RowLSTM: filters: expected a number, got nothing; h: unknown, expected one of filters, colors,',
  ],
])('a wrong %s is an error that says what was expected', (_, make, message) => {
  expect(make).toThrow(message);
});

it.each<[string, () => unknown, string]>([
  [
    'channels of no levels',
    () => layers.splitLevels({ colors: 3, levels: 4 }).apply(tf.zeros([1, 6, 6, 10])),
    'SplitLevels: expected 3 x 4 channels, got input [1,6,6,10]',
  ],
  [
    'pixels that do not divide',
    () => layers.subsample({ stride: 4 }).apply(tf.zeros([1, 6, 6, 1])),
    'Subsample: 6 x 6 pixels do not divide by the stride 4',
  ],
  [
    'logits alone',
    () => layers.knownPixels({ stride: 2, levels: 2 }).apply(tf.zeros([1, 6, 6, 1])),
    'KnownPixels: expected two inputs, [logits, pixels], got 1',
  ],
  [
    'pixels of another size',
    () =>
      layers.knownPixels({ stride: 2, levels: 2 }).apply([tf.zeros([1, 6, 6, 1]), tf.zeros([1, 5, 5, 1])]),
    'KnownPixels: expected logits [B, H, W, C, levels] or [B, H, W, C] and pixels [B, H, W, C], H and W divisible by 2, got [1,6,6,1] and [1,5,5,1]',
  ],
  [
    'one map',
    () => layers.joinScales({ stride: 2 }).apply(tf.input({ shape: [6, 6, 1] })),
    'JoinScales: expected two inputs, [large, small], got 1',
  ],
  [
    'maps that do not fit',
    () => layers.joinScales({ stride: 2 }).apply([tf.zeros([1, 6, 6, 1]), tf.zeros([1, 2, 3, 1])]),
    'JoinScales: expected logits [B, H, W, ...] and [B, H / 2, W / 2, ...], got [1,6,6,1] and [1,2,3,1]',
  ],
])('%s are an error, of tensors too', (_, apply, message) => {
  expect(apply).toThrow(message);
});
