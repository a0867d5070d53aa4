import { readFile } from 'node:fs/promises';
import { loadEngine } from '@pixelrnn/engine';
import { setKernels, whyComposed } from '@pixelrnn/kernels';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { gatedLayer } from './gatedLayer.js';

interface Golden {
  height: number;
  width: number;
  above: number;
  left: number;
  p: number;
  n: number;
  mask: 'A' | 'B';
  colors: number;
  m: number;
  c: number;
  v: number[];
  h: number[];
}

const golden: Golden[] = JSON.parse(
  await readFile(new URL('../../golden/gated.json', import.meta.url), 'utf8'),
);

beforeAll(() => loadEngine({ quiet: true }));
afterEach(() => setKernels('auto'));

/** The numbers of `values` in golden/recurrent.py. */
const smooth = (shape: number[], seed: number) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor(
    Float32Array.from({ length: count }, (_, i) => 0.5 * Math.sin(12.9898 * (i + 1) + 78.233 * seed)),
    shape,
  );
};

/** The layer of a golden case with its weights, and the inputs. */
function madeOf({ height, width, above, left, p, n, mask, colors, m, c }: Golden, batch = 1) {
  const layer = gatedLayer({ filters: p, kernelSize: n, maskType: mask, colors });
  const inputs = [smooth([batch, height, width, above], 1), smooth([batch, height, width, left], 2)];
  if (m > 0) inputs.push(smooth([batch, m], 3));
  if (c > 0) inputs.push(smooth([batch, height, width, c], 4));
  layer.apply(inputs);
  const seeds = new Map([
    ['vector_kernel', 13],
    ['map_kernel', 14],
  ]);
  const weights = layer.weights.map(({ originalName, shape }, i) =>
    smooth(shape as number[], seeds.get(originalName.split('/').at(-1) as string) ?? i + 5),
  );
  layer.setWeights(weights);
  return { layer, inputs };
}

const outputsOf = ({ layer, inputs }: ReturnType<typeof madeOf>) =>
  (layer.apply(inputs) as tf.Tensor[]).map((output) => [...output.dataSync()]);

describe('golden outputs, worked out pixel by pixel by golden/gated.py', () => {
  it.each(golden)('$height x $width, n = $n, mask $mask, $colors colours, vector $m, map $c', (test) => {
    for (const kernels of whyComposed() ? (['composed'] as const) : (['fused', 'composed'] as const)) {
      setKernels(kernels);
      const [v, h] = outputsOf(madeOf(test)) as [number[], number[]];
      expect([v.length, h.length]).toEqual([test.v.length, test.h.length]);
      test.v.forEach((value, i) => void expect(v[i]).toBeCloseTo(value, 5));
      test.h.forEach((value, i) => void expect(h[i]).toBeCloseTo(value, 5));
    }
  });
});

describe('gatedLayer', () => {
  it('has gradients in every weight and input that agree with finite differences', () => {
    const test = golden[3] as Golden;
    const { layer, inputs } = madeOf(test, 2);
    const directions = (layer.apply(inputs) as tf.Tensor[]).map(({ shape }, i) => smooth(shape, 20 + i));
    const loss = (inputs: tf.Tensor[]) =>
      tf.addN(
        (layer.apply(inputs) as tf.Tensor[]).map((y, i) => tf.sum(tf.mul(y, directions[i] as tf.Tensor))),
      ) as tf.Scalar;
    const variables = layer.trainableWeights.map((weight) => weight.read() as tf.Variable);
    const { grads } = tf.variableGrads(() => loss(inputs), variables);
    const ofInputs = tf.grads((...x: tf.Tensor[]) => loss(x))(inputs);
    const epsilon = 1e-2;
    const agrees = (name: string, gradient: tf.Tensor, at: (by: number) => number) => {
      const slope = (at(epsilon) - at(-epsilon)) / (2 * epsilon);
      const along = tf.sum(tf.mul(gradient, smooth(gradient.shape, 30))).dataSync()[0] as number;
      expect(Math.abs(along - slope), name).toBeLessThan(2e-3 * Math.max(1, Math.abs(slope)));
    };
    const moved = (x: tf.Tensor, by: number) => tf.add(x, tf.mul(smooth(x.shape, 30), by));
    const number = (x: tf.Scalar) => x.dataSync()[0] as number;
    for (const variable of variables) {
      const before = variable.clone();
      agrees(variable.name, grads[variable.name] as tf.Tensor, (by) => {
        variable.assign(moved(before, by));
        const value = number(loss(inputs));
        variable.assign(before);
        return value;
      });
    }
    for (const [i, input] of inputs.entries()) {
      agrees(`input ${i}`, ofInputs[i] as tf.Tensor, (by) =>
        number(loss(inputs.map((x, k) => (k === i ? moved(input, by) : x)))),
      );
    }
  });

  it('is rebuilt from its configuration, and frees all its tensors', () => {
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const { layer } = madeOf(golden[1] as Golden);
      const config = layer.getConfig();
      const rebuilt = gatedLayer(config as unknown as Parameters<typeof gatedLayer>[0]);
      expect(rebuilt.getConfig()).toEqual(config);
      layer.dispose();
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('has equal weights for equal seeds and others for another', () => {
    const weights = (seed: number) => {
      const layer = gatedLayer({ filters: 3, kernelSize: 3, maskType: 'A', colors: 1, seed, name: 'x' });
      layer.apply([tf.zeros([1, 2, 2, 1]), tf.zeros([1, 2, 2, 1])]);
      return layer.getWeights().map((weight) => [...weight.dataSync()]);
    };
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it('says what is wrong with its options and inputs', () => {
    const args = { filters: 4, kernelSize: 3, maskType: 'B', colors: 1 } as const;
    expect(() => gatedLayer({ ...args, kernelSize: 2 })).toThrow(
      'GatedLayer: kernelSize: expected a number from 3, got 2',
    );
    expect(() => gatedLayer({ ...args, filters: 0 })).toThrow(
      'GatedLayer: filters: expected a number above 0, got 0',
    );
    expect(() => gatedLayer({ ...args, maskType: 'C' as 'A' })).toThrow("maskType: must be 'A' or 'B', got");
    const image = tf.zeros([1, 2, 2, 3]);
    expect(() => gatedLayer(args).apply([image, image])).toThrow('h must have as many channels as filters');
    const h = tf.zeros([1, 2, 2, 4]);
    expect(() => gatedLayer(args).apply([image, h, tf.zeros([1, 2]), tf.zeros([1, 3])])).toThrow(
      'at most one vector [B, m] and one map [B, H, W, c]',
    );
    expect(() => gatedLayer(args).apply([image, tf.zeros([4])])).toThrow(
      'inputs must be [v, h, conditions...]',
    );
  });
});
