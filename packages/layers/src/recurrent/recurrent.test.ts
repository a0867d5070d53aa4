import { readFile } from 'node:fs/promises';
import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from '../convolution/maskedConv2d.js';
import { diagonalBiLSTM } from './diagonalBiLSTM.js';
import { rowLSTM } from './rowLSTM.js';

beforeAll(() => loadEngine({ quiet: true }));

interface Golden {
  layer: 'rowLSTM' | 'diagonalBiLSTM';
  height: number;
  width: number;
  cin: number;
  h: number;
  colors: number;
  kernelSize: number | null;
  output: number[];
}

const golden: Golden[] = JSON.parse(
  await readFile(new URL('../../golden/recurrent.json', import.meta.url), 'utf8'),
);

/** The numbers of `values` in golden/recurrent.py. */
const smooth = (shape: number[], seed: number) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    shape,
  );
};

const make = ({ layer, h, colors, kernelSize }: Pick<Golden, 'layer' | 'h' | 'colors' | 'kernelSize'>) =>
  layer === 'rowLSTM'
    ? rowLSTM({ filters: h, colors, kernelSize: kernelSize ?? 3 })
    : diagonalBiLSTM({ filters: h, colors });

const kinds = ['rowLSTM', 'diagonalBiLSTM'] as const;

describe('golden outputs, worked out pixel by pixel by golden/recurrent.py', () => {
  it.each(golden)('$layer $height x $width x $cin, h = $h, $colors colours, k = $kernelSize', (test) => {
    const layer = make(test);
    const x = smooth([1, test.height, test.width, test.cin], 1);
    layer.apply(x);
    // In the order of golden/recurrent.py: input kernel, bias, state kernel, h0, c0.
    layer.setWeights(layer.getWeights().map((weight, i) => smooth(weight.shape, i + 2)));
    const output = (layer.apply(x) as tf.Tensor).dataSync();
    expect(output).toHaveLength(test.output.length);
    test.output.forEach((value, i) => void expect(output[i]).toBeCloseTo(value, 5));
  });
});

describe.each(kinds)('%s', (layer) => {
  it('gives the same for each image of a batch as alone', () => {
    const lstm = make({ layer, h: 4, colors: 3, kernelSize: 3 });
    const x = smooth([3, 4, 5, 6], 1) as tf.Tensor4D;
    const together = (lstm.apply(x) as tf.Tensor).arraySync() as number[][][][];
    for (let image = 0; image < 3; image++) {
      const alone = (lstm.apply(tf.slice(x, [image, 0, 0, 0], [1, 4, 5, 6])) as tf.Tensor).dataSync();
      together[image]?.flat(2).forEach((value, i) => void expect(alone[i]).toBeCloseTo(value, 6));
    }
  });

  it('has the gradients of finite differences, in the input, the condition and every weight', () => {
    const sizes = { filters: 3, colors: 3, outputFilters: 5, residual: true };
    const lstm = layer === 'rowLSTM' ? rowLSTM(sizes) : diagonalBiLSTM(sizes);
    const x = smooth([2, 3, 4, 5], 1);
    const condition = smooth([2, 3, 4, 2], 9);
    lstm.apply([x, condition]);
    lstm.setWeights(lstm.getWeights().map((weight, i) => smooth(weight.shape, i + 2)));
    const weights = lstm.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const direction = smooth([2, 3, 4, 5], 20);
    const loss = (x: tf.Tensor, condition: tf.Tensor) =>
      tf.sum(tf.mul(lstm.apply([x, condition]) as tf.Tensor, direction)) as tf.Scalar;
    const inputs = tf.grads((x: tf.Tensor, condition: tf.Tensor) => loss(x, condition))([x, condition]);
    const { grads } = tf.variableGrads(() => loss(x, condition), weights);
    const epsilon = 1e-2;
    const check = (name: string, gradient: tf.Tensor, shift: (by: tf.Tensor) => number) => {
      const along = smooth(gradient.shape, 30);
      const numeric = (shift(tf.mul(along, epsilon)) - shift(tf.mul(along, -epsilon))) / (2 * epsilon);
      const analytic = tf.sum(tf.mul(gradient, along)).dataSync()[0] as number;
      expect(Math.abs(analytic - numeric), `${name}: ${analytic} and ${numeric}`).toBeLessThan(
        2e-3 * Math.max(1, Math.abs(numeric)),
      );
      expect(Math.abs(numeric), name).toBeGreaterThan(1e-3); // the check could fail
    };
    check('x', inputs[0] as tf.Tensor, (by) => loss(tf.add(x, by), condition).dataSync()[0] as number);
    check(
      'condition',
      inputs[1] as tf.Tensor,
      (by) => loss(x, tf.add(condition, by)).dataSync()[0] as number,
    );
    expect(weights).toHaveLength(8);
    for (const weight of weights) {
      check(weight.name, grads[weight.name] as tf.Tensor, (by) => {
        const before = tf.clone(weight);
        weight.assign(tf.add(weight, by));
        const value = loss(x, condition).dataSync()[0] as number;
        weight.assign(before);
        return value;
      });
    }
  });

  it('frees what it took', () => {
    const before = tf.memory().numTensors;
    const sizes = { filters: 2, colors: 1, outputFilters: 2 };
    const lstm = layer === 'rowLSTM' ? rowLSTM(sizes) : diagonalBiLSTM(sizes);
    const run = () => tf.tidy(() => void lstm.apply(tf.zeros([1, 3, 3, 2])));
    run();
    expect(tf.memory().numTensors).toBe(before + 9); // seven weights and two masks
    run();
    expect(tf.memory().numTensors).toBe(before + 9);
    lstm.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('ends with a 1x1 convolution of its hidden map, and with its input added', () => {
    const sizes = { filters: 4, colors: 3 };
    const made = (args: object) =>
      layer === 'rowLSTM' ? rowLSTM({ ...sizes, ...args }) : diagonalBiLSTM({ ...sizes, ...args });
    const x = smooth([2, 3, 4, 5], 1) as tf.Tensor4D;
    const [bare, projected, residual] = [
      made({}),
      made({ outputFilters: 5 }),
      made({ outputFilters: 5, residual: true }),
    ];
    const up = maskedConv2d({ filters: 5, kernelSize: 1, maskType: 'B', colors: 3 });
    const hidden = bare.apply(x) as tf.Tensor4D;
    up.apply(hidden);
    const weights = [...bare.getWeights(), ...up.getWeights()].map((weight, i) =>
      smooth(weight.shape, i + 2),
    );
    bare.setWeights(weights.slice(0, 5));
    up.setWeights(weights.slice(5));
    for (const lstm of [projected, residual]) {
      expect((lstm.apply(x) as tf.Tensor).shape).toEqual(lstm.computeOutputShape(x.shape));
      lstm.setWeights(weights);
    }
    const expected = up.apply(bare.apply(x)) as tf.Tensor;
    const values = (tensor: unknown) => (tensor as tf.Tensor).dataSync();
    for (const [lstm, sum] of [
      [projected, expected],
      [residual, tf.add(expected, x)],
    ] as const) {
      values(lstm.apply(x)).forEach(
        (value, i) => void expect(value).toBeCloseTo(values(sum)[i] as number, 5),
      );
    }
  });

  it.each([
    [{ outputFilters: 1.5 }, 'outputFilters: expected a whole number, got 1.5'],
    [{ residual: true }, 'residual needs outputFilters, as many as the input has maps'],
    [{ residual: true, outputFilters: 3 }, 'residual needs as many outputFilters as input maps, got 3 and 4'],
  ])('refuses %o', (args, message) => {
    const sizes = { filters: 2, colors: 1, ...args };
    const build = () => (layer === 'rowLSTM' ? rowLSTM(sizes) : diagonalBiLSTM(sizes)).build([null, 3, 3, 4]);
    expect(build).toThrow(message);
  });

  it('starts with forget biases of 1 and seeded weights', () => {
    const weights = (seed: number) => {
      const lstm =
        layer === 'rowLSTM'
          ? rowLSTM({ filters: 2, colors: 1, seed, name: `w${layer}` })
          : diagonalBiLSTM({ filters: 2, colors: 1, seed, name: `w${layer}` });
      lstm.build([null, 3, 3, 4]);
      return lstm.getWeights().map((weight) => [...weight.dataSync()]);
    };
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)[0]).not.toEqual(weights(2)[0]);
    const once = [0, 0, 1, 1, 0, 0, 0, 0];
    expect(weights(1)[1]).toEqual(layer === 'rowLSTM' ? once : [...once, ...once]);
  });

  it('says what is wrong with its input', () => {
    const lstm = make({ layer, h: 2, colors: 1, kernelSize: 3 });
    expect(() => lstm.build([null, 3, 3])).toThrow(
      'input must be [B, H, W, channels] with known channels, got [,3,3]',
    );
  });
});

it('RowLSTM refuses an even kernel', () => {
  expect(() => rowLSTM({ filters: 2, colors: 1, kernelSize: 4 })).toThrow(
    'RowLSTM: kernelSize: must be odd, got 4',
  );
});
