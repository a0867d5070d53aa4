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

type Inputs = Record<
  'x' | 'inputKernel' | 'inputMask' | 'bias' | 'stateKernel' | 'initialHidden' | 'initialCell',
  tf.Tensor
> &
  Partial<Record<'upKernel' | 'upMask' | 'upBias' | 'addition' | 'gates' | 'hidden' | 'dy', tf.Tensor>>;

function describeOps(): void {
  const zeros = (...shape: number[]) => tf.zeros(shape);
  const maps = { gates: zeros(1, 2, 4, 12), dy: zeros(1, 2, 4, 3) };
  const row: Inputs = {
    x: zeros(1, 2, 4, 5),
    inputKernel: zeros(1, 3, 5, 12),
    inputMask: zeros(1, 3, 5, 12),
    bias: zeros(12),
    stateKernel: zeros(3, 3, 12),
    initialHidden: zeros(3),
    initialCell: zeros(3),
  };
  const diagonal: Inputs = {
    x: row.x,
    inputKernel: zeros(1, 1, 5, 24),
    inputMask: zeros(1, 1, 5, 24),
    bias: zeros(24),
    stateKernel: zeros(2, 2, 3, 12),
    initialHidden: zeros(2, 3),
    initialCell: zeros(2, 3),
  };
  const forward = { additions: 0, projections: 0, residual: false };
  const backward = forward;
  const projected = { additions: 0, projections: 1, residual: true };
  const up = { upKernel: zeros(1, 1, 3, 5), upMask: zeros(1, 1, 3, 5), upBias: zeros(5) };
  const taps = { taps: [0, 0, 0, 1] };
  const integers = tf.zeros([1, 2, 4, 5], 'int32');

  const cases: [string, string, OpAttributes, Inputs, string | RegExp][] = [
    [
      'RowLSTM',
      'x of rank 3',
      forward,
      { ...row, x: zeros(2, 4, 5) },
      'x must be a non-empty [B, H, W, Cin]',
    ],
    [
      'RowLSTM',
      'an empty x',
      forward,
      { ...row, x: zeros(0, 2, 4, 5) },
      'x must be a non-empty [B, H, W, Cin]',
    ],
    ['RowLSTM', 'integers', forward, { ...row, x: integers }, /float/],
    [
      'RowLSTM',
      'other channels',
      forward,
      { ...row, x: zeros(1, 2, 4, 6) },
      'x [1,2,4,6] and kernel [1,3,5,12]',
    ],
    [
      'RowLSTM',
      'another mask',
      forward,
      { ...row, inputMask: zeros(1, 3, 5, 4) },
      "mask [1,3,5,4] must have the kernel's shape [1,3,5,12]",
    ],
    [
      'RowLSTM',
      'an even state kernel',
      forward,
      { ...row, stateKernel: zeros(2, 3, 12) },
      'state_kernel must be a non-empty [k, h, 4h] with odd k, got [2,3,12]',
    ],
    [
      'RowLSTM',
      'a state kernel of three gates',
      forward,
      { ...row, stateKernel: zeros(3, 3, 9) },
      'state_kernel must be a non-empty [k, h, 4h] with odd k, got [3,3,9]',
    ],
    [
      'RowLSTM',
      'an empty state kernel',
      forward,
      { ...row, stateKernel: zeros(3, 0, 0) },
      'state_kernel must be a non-empty [k, h, 4h] with odd k, got [3,0,0]',
    ],
    [
      'RowLSTM',
      'a state kernel of another h',
      forward,
      { ...row, stateKernel: zeros(3, 2, 8) },
      'input_kernel must be [1,k,Cin,8] for state_kernel [3,2,8], got [1,3,5,12]',
    ],
    [
      'RowLSTM',
      'an input kernel of three rows',
      forward,
      { ...row, inputKernel: zeros(3, 3, 5, 12), inputMask: zeros(3, 3, 5, 12) },
      'input_kernel must be [1,k,Cin,12] for state_kernel [3,3,12], got [3,3,5,12]',
    ],
    ['RowLSTM', 'another bias', forward, { ...row, bias: zeros(3) }, 'bias must be [12], got [3]'],
    [
      'RowLSTM',
      'another hidden state',
      forward,
      { ...row, initialHidden: zeros(1, 3) },
      'initial_hidden must be [3], got [1,3]',
    ],
    [
      'RowLSTM',
      'another cell state',
      forward,
      { ...row, initialCell: zeros(4) },
      'initial_cell must be [3], got [4]',
    ],
    [
      'RowLSTM',
      'another addition',
      { ...forward, additions: 1 },
      { ...row, addition: maps.dy },
      'addition must be [1,2,4,12], got [1,2,4,3]',
    ],
    [
      'RowLSTM',
      'a tap outside',
      { ...forward, taps: [0, 3] },
      row,
      'tap (0, 3) lies outside the kernel [1,3,5,12]',
    ],
    ['RowLSTM', 'no taps', { ...forward, taps: [] }, row, 'taps must be at least one pair of row and column'],
    [
      'RowLSTMBackward',
      'other gates',
      backward,
      { ...row, gates: maps.dy, dy: maps.dy },
      'gates must be [1,2,4,12], got [1,2,4,3]',
    ],
    [
      'RowLSTMBackward',
      'another dy',
      backward,
      { ...row, gates: maps.gates, dy: maps.gates },
      'dy must be [1,2,4,3], got [1,2,4,12]',
    ],
    [
      'RowLSTM',
      'an up-projection of another h',
      projected,
      { ...row, ...up, upKernel: zeros(1, 1, 4, 5) },
      'up_kernel must be a non-empty [1,1,3,C], got [1,1,4,5]',
    ],
    [
      'RowLSTM',
      'another up_mask',
      projected,
      { ...row, ...up, upMask: zeros(1, 1, 3, 1) },
      'up_mask must be [1,1,3,5], got [1,1,3,1]',
    ],
    [
      'RowLSTM',
      'another up_bias',
      projected,
      { ...row, ...up, upBias: zeros(3) },
      'up_bias must be [5], got [3]',
    ],
    [
      'RowLSTM',
      'a residual of other channels',
      projected,
      { ...row, upKernel: zeros(1, 1, 3, 4), upMask: zeros(1, 1, 3, 4), upBias: zeros(4) },
      'a residual needs as many channels in up_kernel [1,1,3,4] as in x [1,2,4,5]',
    ],
    [
      'RowLSTM',
      'a residual without an up-projection',
      { ...forward, residual: true },
      row,
      'a residual needs an up-projection',
    ],
    [
      'RowLSTMBackward',
      'another hidden map',
      projected,
      { ...row, ...up, gates: maps.gates, hidden: maps.gates, dy: row.x },
      'hidden must be [1,2,4,3], got [1,2,4,12]',
    ],
    [
      'RowLSTMBackward',
      'another dy behind an up-projection',
      projected,
      { ...row, ...up, gates: maps.gates, hidden: maps.dy, dy: maps.dy },
      'dy must be [1,2,4,5], got [1,2,4,3]',
    ],
    [
      'DiagonalBiLSTM',
      'a state kernel of one direction',
      forward,
      { ...diagonal, stateKernel: zeros(1, 2, 3, 12) },
      'state_kernel must be a non-empty [2, 2, h, 4h], got [1,2,3,12]',
    ],
    [
      'DiagonalBiLSTM',
      'a state kernel of rank 3',
      forward,
      { ...diagonal, stateKernel: zeros(2, 3, 12) },
      'state_kernel must be a non-empty [2, 2, h, 4h], got [2,3,12]',
    ],
    [
      'DiagonalBiLSTM',
      'the input kernel of one direction',
      forward,
      { ...diagonal, inputKernel: zeros(1, 1, 5, 12), inputMask: zeros(1, 1, 5, 12) },
      'input_kernel must be [1,k,Cin,24] for state_kernel [2,2,3,12], got [1,1,5,12]',
    ],
    [
      'DiagonalBiLSTM',
      'a wide input kernel',
      forward,
      { ...diagonal, inputKernel: zeros(1, 3, 5, 24), inputMask: zeros(1, 3, 5, 24) },
      'input_kernel must be 1 x 1, got [1,3,5,24]',
    ],
    [
      'DiagonalBiLSTM',
      'another bias',
      forward,
      { ...diagonal, bias: zeros(12) },
      'bias must be [24], got [12]',
    ],
    [
      'DiagonalBiLSTM',
      'one initial state',
      forward,
      { ...diagonal, initialCell: zeros(3) },
      'initial_cell must be [2,3], got [3]',
    ],
    [
      'DiagonalBiLSTM',
      'another addition',
      { ...forward, additions: 1 },
      { ...diagonal, addition: maps.gates },
      'addition must be [1,2,4,24], got [1,2,4,12]',
    ],
    [
      'DiagonalBiLSTMBackward',
      'other gates',
      backward,
      { ...diagonal, gates: maps.gates, dy: maps.dy },
      'gates must be [1,2,4,24], got [1,2,4,12]',
    ],
  ];
  describe('a custom op refuses, with a sentence instead of a crash:', () => {
    test.each(cases)('Pixelrnn%s, %s', (name, _, attributes, inputs, message) => {
      const all = name.startsWith('Row') ? { ...taps, ...attributes } : attributes;
      const extra = all.projections ? (name.endsWith('Backward') ? 2 : 1) : 0;
      const call = () =>
        runOp(`Pixelrnn${name}`, all, Object.values(inputs), (name.endsWith('Backward') ? 6 : 2) + extra);
      if (message instanceof RegExp) expect(call).toThrow(message);
      else expect(call).toThrow(`Pixelrnn${name}: ${message}`);
    });
  });
}
