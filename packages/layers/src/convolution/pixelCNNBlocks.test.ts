import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from './maskedConv2d.js';
import { MaskedConvChain, type MaskedConvChainArgs, maskedConvChain } from './maskedConvChain.js';
import { type PixelCNNBlocksArgs, pixelCNNBlocks } from './pixelCNNBlocks.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Smooth numbers that differ from place to place. */
function numbers(shape: number[], phase: number): tf.Tensor {
  const count = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => 0.4 * Math.sin(1.7 * i + phase)),
    shape,
  );
}

function withNumbers(args: PixelCNNBlocksArgs): MaskedConvChain {
  const blocks = pixelCNNBlocks(args);
  blocks.build([null, null, null, 2 * args.h]);
  blocks.setWeights(blocks.getWeights().map((weight, i) => numbers(weight.shape, i)));
  return blocks;
}

describe('pixelCNNBlocks', () => {
  it.each([
    { blocks: 1, h: 4, colors: 1 },
    { blocks: 3, h: 5, colors: 3, kernelSize: 5 },
    { blocks: 2, h: 1, colors: 3, kernelSize: 1 },
  ])('is three masked convolutions and a sum, again and again: %o', (args) => {
    const layer = withNumbers(args);
    const { blocks, h, colors, kernelSize = 3 } = args;
    const weights = layer.getWeights();
    let x = numbers([2, 4, 5, 2 * h], 0.3);
    const actual = (layer.apply(x) as tf.Tensor).dataSync();
    for (let block = 0; block < blocks; block++) {
      let map = x;
      const links = [[h, 1] as const, [h, kernelSize] as const, [2 * h, 1] as const];
      for (const [i, [filters, side]] of links.entries()) {
        const convolution = maskedConv2d({
          filters,
          kernelSize: side,
          maskType: 'B',
          colors,
          inputActivation: 'relu',
        });
        convolution.build(map.shape);
        convolution.setWeights(weights.slice(6 * block + 2 * i, 6 * block + 2 * i + 2));
        map = convolution.apply(map) as tf.Tensor;
      }
      x = tf.add(map, x);
    }
    x.dataSync().forEach((value, i) => {
      expect(actual[i]).toBeCloseTo(value, 5);
    });
  });

  it('has the gradients that finite differences give', () => {
    const block = withNumbers({ blocks: 2, h: 3, colors: 3 });
    const x = numbers([1, 3, 3, 6], 0.3);
    const direction = numbers(x.shape, 2);
    const loss = () => tf.sum(tf.mul(block.apply(x) as tf.Tensor, direction)) as tf.Scalar;
    const variables = block.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(loss, variables);
    for (const variable of variables) {
      const step = numbers(variable.shape, 5);
      const start = variable.clone();
      const at = (distance: number) => {
        variable.assign(tf.add(start, tf.mul(step, distance)));
        return loss().dataSync()[0] as number;
      };
      const difference = (at(2e-3) - at(-2e-3)) / 4e-3;
      variable.assign(start);
      const slope = tf.sum(tf.mul(grads[variable.name] as tf.Tensor, step)).dataSync()[0] as number;
      expect(Math.abs(slope - difference), variable.name).toBeLessThan(1e-2 * Math.max(1, Math.abs(slope)));
    }
  });

  it('names its weights, seeds them apart, and is rebuilt by its configuration', () => {
    const layer = pixelCNNBlocks({ blocks: 2, h: 4, colors: 3, kernelSize: 5, seed: 2, name: 'blocks' });
    layer.build([null, 3, 3, 8]);
    expect(layer.weights.map(({ originalName }) => originalName.split('/').slice(-3).join('/'))).toEqual(
      [1, 2].flatMap((i) =>
        ['down', 'conv', 'up'].flatMap((name) => [`block${i}/${name}/kernel`, `block${i}/${name}/bias`]),
      ),
    );
    const config = layer.getConfig();
    const copy = new MaskedConvChain(config as unknown as MaskedConvChainArgs);
    expect(copy.getConfig()).toEqual(config);
    copy.build([null, 3, 3, 8]);
    const values = (layer: MaskedConvChain) => layer.getWeights().map((weight) => [...weight.dataSync()]);
    expect(values(copy)).toEqual(values(layer));
    expect(values(layer)[0]).not.toEqual(values(layer)[6]);
    const other = maskedConvChain({ ...(config as unknown as MaskedConvChainArgs), seed: 3 });
    other.build([null, 3, 3, 8]);
    expect(values(other)[0]).not.toEqual(values(layer)[0]);
  });

  it('frees its masks with its weights', () => {
    const before = tf.memory().numTensors;
    const layer = pixelCNNBlocks({ blocks: 2, h: 2, colors: 1 });
    tf.tidy(() => void layer.apply(tf.zeros([1, 4, 4, 4])));
    expect(tf.memory().numTensors).toBe(before + 18);
    layer.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('MaskedConvChain refuses', () => {
  const one = { name: 'one', filters: 4, kernelSize: 1, maskType: 'B' } as const;
  const cases: [string, MaskedConvChainArgs['convolutions'], string][] = [
    ['an empty chain', [], 'convolutions: expected a list of at least 1, got []'],
    ['a name twice', [one, one], "two convolutions are named 'one'"],
    [
      'a residual from later on',
      [
        { ...one, residualFrom: 'two' },
        { ...one, name: 'two' },
      ],
      "residualFrom of 'one' must be its own name or an earlier one, got 'two'",
    ],
    [
      'a residual of other channels',
      [{ ...one, filters: 3, residualFrom: 'one' }],
      "the input of 'one', 4 channels, cannot be added to the 3 of 'one'",
    ],
    [
      'another mask type',
      [{ ...one, maskType: 'C' as 'A' }],
      "convolutions.0.maskType: must be 'A' or 'B', got \"C\"",
    ],
    [
      'a kernel without a live weight',
      [{ ...one, maskType: 'A' }],
      'a 1 x 1 kernel with mask A has no live weight',
    ],
  ];
  it.each(cases)('%s', (_, convolutions, message) => {
    const build = () => maskedConvChain({ convolutions, colors: 1 }).build([null, 4, 4, 4]);
    expect(build).toThrow(`MaskedConvChain: ${message}`);
  });

  it('an input of unknown channels', () => {
    expect(() => maskedConvChain({ convolutions: [one], colors: 1 }).build([null, 4, 4, null])).toThrow(
      'MaskedConvChain: input must be [B, H, W, channels] with known channels, got [,4,4,]',
    );
  });
});
