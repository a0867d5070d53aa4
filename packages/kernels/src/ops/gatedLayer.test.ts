import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { GatedLayerInputs } from '../composed/gatedLayer.js';
import { setKernels } from '../dispatch/choice.js';
import { largest, on, relativeDifference, useCpu } from '../testing/backends.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import {
  computeGatedLayer,
  type DrawnGatedLayer,
  drawGatedLayer,
  gatedLayerOutputsAndGradients,
  gatedLayers,
} from '../testing/gatedLayers.js';
import { gatedLayer } from './gatedLayer.js';

await useCpu();

let fused: string[];
beforeAll(async () => {
  fused = await loadFusedBackends();
});
afterEach(() => setKernels('auto'));

const taps = [{ row: 0, column: 0 }];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const drawn: DrawnGatedLayer = {
  ...{ batch: 2, height: 4, width: 5, above: 3, left: 4, maps: 5, kernelHeight: 3, kernelWidth: 3 },
  ...{ colors: 1, mask: 'B', residual: true, vector: true, map: true, seed: 1 },
};

describe('gatedLayer', () => {
  test('numbers to check by hand: two rows of one pixel, one map', () => {
    const kernel = (shape: [number, number, number, number], values: number[]) => tf.tensor4d(values, shape);
    const convolution = (shape: [number, number, number, number], values: number[], bias: number[]) => ({
      kernel: kernel(shape, values),
      mask: tf.ones(shape) as tf.Tensor4D,
      bias: tf.tensor1d(bias),
      taps,
    });
    const inputs = (): GatedLayerInputs => ({
      v: tf.tensor4d([2, -1], [1, 2, 1, 1]),
      h: tf.tensor4d([0.5, 3], [1, 2, 1, 1]),
      vertical: convolution([1, 1, 1, 2], [0.5, -1], [0.1, 0.2]),
      link: { ...convolution([3, 1, 2, 2], [1, 2, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0], [0.25, 0.5]), taps },
      horizontal: convolution([1, 1, 1, 2], [1, -2], [0.05, -0.1]),
      projection: convolution([1, 1, 1, 1], [2], [0.7]),
      residual: true,
      vector: tf.tensor2d([0.3, -0.4, 0.6, 0.8], [1, 4]),
      map: tf.tensor4d([0, 1, 2, 3, 4, 5, -6, 7], [1, 2, 1, 4]),
    });
    const sums = [
      [1 + 0.1 + 0.3, -2 + 0.2 - 0.4 + 1],
      [-0.5 + 0.1 + 0.3 + 4, 1 + 0.2 - 0.4 + 5],
    ] as [[number, number], [number, number]];
    const [above] = sums;
    const beside = [
      [0.5 + 0.05 + 0.25 + 0.6 + 2, -1 - 0.1 + 0.5 + 0.8 + 3],
      [
        3 + 0.05 + 0.25 + 0.6 - 6 + above[0] + 3 * above[1],
        -6 - 0.1 + 0.5 + 0.8 + 7 + 2 * above[0] + 4 * above[1],
      ],
    ] as [[number, number], [number, number]];
    const unit = ([a, b]: [number, number]) => Math.tanh(a) * sigmoid(b);
    const expected = [sums.map(unit), beside.map(unit).map((y, i) => 2 * y + 0.7 + [0.5, 3][i]!)];
    for (const kernels of ['composed', 'fused'] as const) {
      for (const backend of kernels === 'fused' ? fused : ['cpu']) {
        on(backend, kernels, () => gatedLayer(inputs())).forEach(({ values }, stack) => {
          Array.from(values).forEach((value, i) => {
            expect(value, `${backend} ${kernels}`).toBeCloseTo(expected[stack]![i] as number, 5);
          });
        });
      }
    }
  });

  test('fused equals composed: both outputs and every gradient', () => {
    fc.assert(
      fc.property(gatedLayers, (one) => {
        const data = drawGatedLayer(one);
        const compute = () => gatedLayerOutputsAndGradients(data);
        const expected = on('cpu', 'composed', compute);
        // The terms of a parameter's gradient, one a pixel, are about as large as dh, also where they cancel.
        const ofTerms = Math.max(largest(expected[2]!), largest(expected[3]!));
        for (const backend of fused) {
          on(backend, 'fused', compute).forEach((values, i) => {
            const name = `${backend}, ${['v', 'h', ...Object.keys(data.variables)][i]}`;
            const difference = relativeDifference(values, expected[i]!, i > 1 ? ofTerms : undefined);
            expect(difference, name).toBeLessThan(2e-5);
          });
        }
      }),
      { seed: 9, numRuns: 25 },
    );
  });

  test.each(['composed', 'fused'] as const)('%s gradients agree with finite differences', (kernels) => {
    const data = drawGatedLayer({ ...drawn, colors: 3, maps: 7 });
    const names = Object.keys(data.variables);
    const along = (variables: Record<string, tf.Tensor>) => {
      const [v, h] = computeGatedLayer(data, variables);
      const [dv, dh] = data.dys.map(({ values, shape }) => tf.tensor(values, shape)) as [
        tf.Tensor,
        tf.Tensor,
      ];
      return tf.add(tf.sum(tf.mul(v, dv)), tf.sum(tf.mul(h, dh)));
    };
    const by = 1e-2;
    for (const backend of kernels === 'fused' ? fused : ['cpu']) {
      for (const [i, name] of names.entries()) {
        const [slope, gradient] = on(backend, kernels, () => {
          const all = Object.entries(data.variables).map(([name, { values, shape }]) => [
            name,
            tf.tensor(values, shape),
          ]);
          const variables = Object.fromEntries(all) as Record<string, tf.Tensor>;
          const x = variables[name] as tf.Tensor;
          const direction = tf.tensor(
            Float32Array.from({ length: x.size }, (_, k) => Math.sin(3 * k + i)),
            x.shape,
          );
          const at = (step: number) =>
            along({ ...variables, [name]: tf.add(x, tf.mul(direction, step)) }) as tf.Scalar;
          const gradient = tf.grad((x: tf.Tensor) => along({ ...variables, [name]: x }))(x);
          const slope = tf.div(tf.sub(at(by), at(-by)), 2 * by);
          return [slope, tf.sum(tf.mul(gradient, direction))];
        }).map(({ values }) => values[0] as number) as [number, number];
        expect(Math.abs(slope - gradient), `${backend} ${name}`).toBeLessThan(
          5e-3 * Math.max(1, Math.abs(slope)),
        );
      }
    }
  });

  test('one output alone has its gradient, and weights alone theirs', () => {
    const data = drawGatedLayer(drawn);
    const compute = (which: 0 | 1, name: string) => () => {
      const tensors = Object.entries(data.variables).map(([name, { values, shape }]) => [
        name,
        tf.tensor(values, shape),
      ]);
      const variables = Object.fromEntries(tensors) as Record<string, tf.Tensor>;
      const of = (x: tf.Tensor) => tf.sum(computeGatedLayer(data, { ...variables, [name]: x })[which]);
      return tf.grad(of)(variables[name] as tf.Tensor);
    };
    for (const which of [0, 1] as const) {
      for (const name of ['v', 'verticalKernel', 'map']) {
        const [expected] = on('cpu', 'composed', compute(which, name));
        for (const backend of fused) {
          const [got] = on(backend, 'fused', compute(which, name));
          expect(relativeDifference(got!, expected!), `${backend} ${which} ${name}`).toBeLessThan(1e-5);
        }
      }
    }
  });

  test('obeys the choice of kernels', async () => {
    const data = drawGatedLayer(drawn);
    const namesOf = async (choice: 'fused' | 'composed') => {
      setKernels(choice);
      const { kernelNames } = await tf
        .engine()
        .profile(() => tf.tidy(() => void gatedLayerOutputsAndGradients(data)));
      return kernelNames.filter((name) => /Gated/.test(name)).sort();
    };
    for (const backend of fused) {
      await tf.setBackend(backend);
      expect(await namesOf('fused')).toEqual(['PixelrnnGatedLayer', 'PixelrnnGatedLayerBackward']);
      expect(await namesOf('composed')).toEqual([]);
    }
    await useCpu();
  });
});

describe('gatedLayer refuses', () => {
  const zeros = (...shape: number[]) => tf.zeros(shape);
  const convolution = (height: number, cin: number, cout: number) => ({
    kernel: zeros(height, 1, cin, cout),
    mask: zeros(height, 1, cin, cout),
    bias: zeros(cout),
    taps,
  });
  const given = () => ({
    v: zeros(1, 2, 3, 4),
    h: zeros(1, 2, 3, 3),
    vertical: convolution(1, 4, 6),
    link: convolution(3, 6, 6),
    horizontal: convolution(1, 3, 6),
    projection: convolution(1, 3, 3),
    residual: true,
  });
  const cases: [string, () => object, string][] = [
    ['integers', () => ({ v: tf.zeros([1, 2, 3, 4], 'int32') }), 'v must be float32, got int32 [1,2,3,4]'],
    [
      'an empty v',
      () => ({ v: zeros(0, 2, 3, 4) }),
      'v must be a non-empty [B, H, W, channels], got [0,2,3,4]',
    ],
    ['another h', () => ({ h: zeros(1, 3, 3, 3) }), 'h must be a non-empty [1,2,3, channels], got [1,3,3,3]'],
    [
      'an odd number of sums',
      () => ({ vertical: convolution(1, 4, 5) }),
      'the vertical kernel must be [kh, kw, 4, 2p], got [1,1,4,5]',
    ],
    [
      'a link of other sums',
      () => ({ link: convolution(3, 6, 4) }),
      'the link kernel must be a non-empty [kh, kw, 6, 6], got [3,1,6,4]',
    ],
    [
      'another mask',
      () => ({ horizontal: { ...convolution(1, 3, 6), mask: zeros(1, 1, 3, 1) } }),
      'the horizontal mask must be [1,1,3,6], got [1,1,3,1]',
    ],
    [
      'another bias',
      () => ({ link: { ...convolution(3, 6, 6), bias: zeros(3) } }),
      'the link bias must be [6], got [3]',
    ],
    [
      'a larger projection',
      () => ({ projection: convolution(3, 3, 3) }),
      'the projection kernel must be [1,1,3,3], got [3,1,3,3]',
    ],
    [
      'a residual of other channels',
      () => ({ h: zeros(1, 2, 3, 2), horizontal: convolution(1, 2, 6) }),
      'h must have 3 channels where it is added, got [1,2,3,2]',
    ],
    ['another vector', () => ({ vector: zeros(1, 6) }), 'vector must be [1,12], got [1,6]'],
    ['another map', () => ({ map: zeros(1, 2, 3, 6) }), 'map must be [1,2,3,12], got [1,2,3,6]'],
    [
      'taps outside the kernel',
      () => ({ horizontal: { ...convolution(1, 3, 6), taps: [{ row: 1, column: 0 }] } }),
      'tap (1, 0) lies outside the 1 x 1 kernel',
    ],
  ];
  test.each(cases)('%s', (_, changed, message) => {
    const inputs: unknown = { ...given(), ...changed() };
    expect(() => gatedLayer(inputs as GatedLayerInputs)).toThrow(`gatedLayer: ${message}`);
  });
});
