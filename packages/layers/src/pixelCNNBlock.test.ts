import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from './maskedConv2d.js';
import { PixelCNNBlock, type PixelCNNBlockArgs, pixelCNNBlock } from './pixelCNNBlock.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Smooth numbers that differ from place to place. */
function numbers(shape: number[], phase: number): tf.Tensor {
  const count = tf.util.sizeFromShape(shape);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => 0.4 * Math.sin(1.7 * i + phase)),
    shape,
  );
}

function withNumbers(args: PixelCNNBlockArgs): PixelCNNBlock {
  const block = pixelCNNBlock(args);
  block.build([null, null, null, 2 * args.h]);
  block.setWeights(block.getWeights().map((weight, i) => numbers(weight.shape, i)));
  return block;
}

describe('PixelCNNBlock', () => {
  it.each([
    { h: 4, colors: 1 },
    { h: 5, colors: 3, kernelSize: 5 },
    { h: 1, colors: 3, kernelSize: 1 },
  ])('is three masked convolutions and a sum: %o', (args) => {
    const block = withNumbers(args);
    const x = numbers([2, 4, 5, 2 * args.h], 0.3);
    const { h, colors, kernelSize = 3 } = args;
    const weights = block.getWeights();
    let map = x;
    for (const [i, [filters, side]] of [
      [h, 1] as const,
      [h, kernelSize] as const,
      [2 * h, 1] as const,
    ].entries()) {
      const layer = maskedConv2d({
        filters,
        kernelSize: side,
        maskType: 'B',
        colors,
        inputActivation: 'relu',
      });
      layer.build(map.shape);
      layer.setWeights(weights.slice(2 * i, 2 * i + 2));
      map = layer.apply(map) as tf.Tensor;
    }
    const expected = tf.add(map, x).dataSync();
    const actual = (block.apply(x) as tf.Tensor).dataSync();
    expected.forEach((value, i) => {
      expect(actual[i]).toBeCloseTo(value, 5);
    });
  });

  it('has the gradients that finite differences give', () => {
    const block = withNumbers({ h: 3, colors: 3 });
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
    const block = pixelCNNBlock({ h: 4, colors: 3, kernelSize: 5, seed: 2, name: 'block' });
    block.build([null, 3, 3, 8]);
    expect(block.weights.map(({ originalName }) => originalName.split('/').pop())).toEqual(
      ['down', 'conv', 'up'].flatMap((name) => [`${name}_kernel`, `${name}_bias`]),
    );
    const config = block.getConfig();
    const copy = new PixelCNNBlock(config as unknown as PixelCNNBlockArgs);
    expect(copy.getConfig()).toEqual(config);
    copy.build([null, 3, 3, 8]);
    const values = (layer: PixelCNNBlock) => layer.getWeights().map((weight) => [...weight.dataSync()]);
    expect(values(copy)).toEqual(values(block));
    const other = pixelCNNBlock({ ...(config as unknown as PixelCNNBlockArgs), seed: 3 });
    other.build([null, 3, 3, 8]);
    expect(values(other)[0]).not.toEqual(values(block)[0]);
  });

  it('frees its masks with its weights', () => {
    const before = tf.memory().numTensors;
    const block = pixelCNNBlock({ h: 2, colors: 1 });
    tf.tidy(() => void block.apply(tf.zeros([1, 4, 4, 4])));
    expect(tf.memory().numTensors).toBe(before + 9);
    block.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('says what is wrong with its input', () => {
    expect(() => pixelCNNBlock({ h: 2, colors: 1 }).build([null, 4, 4, 3])).toThrow(
      'PixelCNNBlock: input must be [B, H, W, 4], twice h, got [,4,4,3]',
    );
  });
});
