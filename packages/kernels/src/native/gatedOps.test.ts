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
  const half = zeros(1, 2, 4, 3);
  const pair = zeros(1, 2, 4, 6);
  const gated = { x: zeros(1, 2, 4, 5), kernel: zeros(1, 1, 5, 6), mask: zeros(1, 1, 5, 6) };
  const counts = { biases: 0, vectors: 0, maps: 0 };
  const cases: [string, string, OpAttributes, Record<string, tf.Tensor>, string][] = [
    [
      '',
      'an odd number of maps',
      counts,
      { ...gated, kernel: zeros(1, 1, 5, 3), mask: zeros(1, 1, 5, 3) },
      'kernel [1,1,5,3] must have two halves of output channels',
    ],
    ['', 'another bias', { ...counts, biases: 1 }, { ...gated, bias: zeros(3) }, 'bias must be [6], got [3]'],
    [
      '',
      'another vector',
      { ...counts, vectors: 1 },
      { ...gated, vector: zeros(6) },
      'vector must be [1,6], got [6]',
    ],
    [
      '',
      'another map',
      { ...counts, maps: 1 },
      { ...gated, map: half },
      'map must be [1,2,4,6], got [1,2,4,3]',
    ],
    [
      'Backward',
      'other halves',
      counts,
      { ...gated, halves: half, dy: half },
      'halves must be [1,2,4,6], got [1,2,4,3]',
    ],
    [
      'Backward',
      'another dy',
      counts,
      { ...gated, halves: pair, dy: pair },
      'dy must be [1,2,4,3], got [1,2,4,6]',
    ],
  ];
  const ofGate: [string, Record<string, tf.Tensor>, string][] = [
    ['PixelrnnGate', { sums: half }, 'sums must be a non-empty [..., 2p], got [1,2,4,3]'],
    ['PixelrnnGateBackward', { sums: pair, dy: pair }, 'dy must be [1,2,4,3], got [1,2,4,6]'],
  ];
  describe('a custom op refuses, with a sentence instead of a crash:', () => {
    test.each(cases)('PixelrnnGatedConv2d%s, %s', (suffix, _, attributes, inputs, message) => {
      const name = `PixelrnnGatedConv2d${suffix}`;
      const call = () => runOp(name, { taps: [0, 0], ...attributes }, Object.values(inputs), 2);
      expect(call).toThrow(`${name}: ${message}`);
    });

    test.each(ofGate)('%s', (name, inputs, message) => {
      expect(() => runOp(name, {}, Object.values(inputs), 1)).toThrow(`${name}: ${message}`);
    });
  });
}
