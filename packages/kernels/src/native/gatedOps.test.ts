import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { kernelsInUse, whyComposed } from '../dispatch/choice.js';
import { type OpAttributes, runOp } from '../testing/tensorflowOp.js';

const { engine } = await loadEngine({ quiet: true });

if (kernelsInUse() === 'native') describeOps();
else {
  test(`native kernels say why they are not there (engine ${engine})`, () => {
    expect(whyComposed() ?? kernelsInUse()).toMatch(/^The backend '.+' has no fused kernels: .+\.$|^wasm$/);
  });
}

function describeOps(): void {
  const zeros = (...shape: number[]) => tf.zeros(shape);
  const pair = zeros(1, 2, 4, 6);
  const half = zeros(1, 2, 4, 3);
  const shapes = [
    [1, 1, 5, 6],
    [3, 1, 6, 6],
    [1, 1, 3, 6],
    [1, 1, 3, 3],
  ];
  const attributes = {
    ...{ count: 4, vertical_taps: [0, 0], link_taps: [0, 0], horizontal_taps: [0, 0] },
    ...{ residual: true, vectors: 0, maps: 0 },
  };
  const backward = { ...attributes, inputs: 2 };
  type Changed = { v?: tf.Tensor; h?: tf.Tensor; shapes?: Record<number, number[]>; rest?: tf.Tensor[] };
  /** v, h, kernels, masks, and what else is given: by default biases. */
  const inputs = ({ v = zeros(1, 2, 4, 5), h = half, shapes: changed = {}, rest }: Changed) => {
    const all = shapes.map((shape, i) => changed[i] ?? shape);
    const kernels = all.map((shape) => zeros(...shape));
    return [v, h, ...kernels, ...kernels, ...(rest ?? all.map((shape) => zeros(shape[3] as number)))];
  };
  const biases = [6, 6, 6, 3].map((size) => zeros(size));
  const cases: [string, string, OpAttributes, Changed, string][] = [
    [
      '',
      'an odd number of sums',
      attributes,
      { shapes: { 0: [1, 1, 5, 3] } },
      'the vertical kernel [1,1,5,3] must have two halves of output channels',
    ],
    [
      '',
      'v of rank 3',
      attributes,
      { v: zeros(2, 4, 5) },
      'x must be a non-empty [B, H, W, Cin], got [2,4,5]',
    ],
    [
      '',
      'a link of other sums',
      attributes,
      { shapes: { 1: [3, 1, 6, 4] } },
      'the output of the link must be [1,2,4,6], got [1,2,4,4]',
    ],
    [
      '',
      'an h of another size',
      attributes,
      { h: zeros(1, 3, 4, 3) },
      'the output of the horizontal convolution must be [1,2,4,6], got [1,3,4,6]',
    ],
    [
      '',
      'a larger projection',
      attributes,
      { shapes: { 3: [3, 3, 3, 3] } },
      "the projection's kernel must be [1,1,3,3], got [3,3,3,3]",
    ],
    [
      '',
      'a residual of other channels',
      attributes,
      { h: zeros(1, 2, 4, 2), shapes: { 2: [1, 1, 2, 6] } },
      'h, which is added, must be [1,2,4,3], got [1,2,4,2]',
    ],
    [
      '',
      'taps outside the kernel',
      { ...attributes, link_taps: [3, 0] },
      {},
      'tap (3, 0) lies outside the kernel [3,1,6,6]',
    ],
    [
      '',
      'another bias',
      attributes,
      { rest: [zeros(6), zeros(3), zeros(6), zeros(3)] },
      'bias must be [6], got [3]',
    ],
    [
      '',
      'another vector',
      { ...attributes, vectors: 1 },
      { rest: [...biases, zeros(1, 6)] },
      'vector must be [1,12], got [1,6]',
    ],
    [
      '',
      'another map',
      { ...attributes, maps: 1 },
      { rest: [...biases, pair] },
      'map must be [1,2,4,12], got [1,2,4,6]',
    ],
    [
      'Backward',
      'other sums',
      backward,
      { rest: [half, pair, half, half] },
      'sums must be [1,2,4,6], got [1,2,4,3]',
    ],
    [
      'Backward',
      'other halves',
      backward,
      { rest: [pair, half, half, half] },
      'halves must be [1,2,4,6], got [1,2,4,3]',
    ],
    [
      'Backward',
      'another gradient of v',
      backward,
      { rest: [pair, pair, pair, half] },
      'the gradient of v must be [1,2,4,3], got [1,2,4,6]',
    ],
    [
      'Backward',
      'another gradient of h',
      backward,
      { rest: [pair, pair, half, pair] },
      'the gradient of h must be [1,2,4,3], got [1,2,4,6]',
    ],
    [
      'Backward',
      'the gradient of one input',
      { ...backward, inputs: 1 },
      { rest: [pair, pair, half, half] },
      'inputs must be 0 or 2, got 1',
    ],
  ];
  describe('a custom op refuses, with a sentence instead of a crash:', () => {
    test.each(cases)('PixelrnnGatedLayer%s, %s', (suffix, _, attributes, changed, message) => {
      const name = `PixelrnnGatedLayer${suffix}`;
      const outputs = suffix ? 10 : 4;
      expect(() => runOp(name, attributes, inputs(changed), outputs)).toThrow(`${name}: ${message}`);
    });
  });
}
