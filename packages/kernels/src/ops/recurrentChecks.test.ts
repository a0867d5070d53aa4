import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { setKernels } from '../dispatch/choice.js';
import { useCpu } from '../testing/backends.js';
import { loadFusedBackends } from '../testing/fusedBackends.js';
import { drawRecurrentLayer, recurrentOutputAndGradients } from '../testing/recurrentLayers.js';
import { diagonalBiLSTM } from './diagonalBiLSTM.js';
import type { DiagonalBiLSTMInputs, RowLSTMInputs } from './lstmInputs.js';
import { rowLSTM } from './rowLSTM.js';

await useCpu();

let fused: string[];
beforeAll(async () => {
  fused = await loadFusedBackends();
});
afterEach(async () => {
  setKernels('auto');
  await useCpu();
});

const zeros = (...shape: number[]) => tf.zeros(shape);
const taps = [{ row: 0, column: 0 }];
const row = () => ({
  x: zeros(1, 2, 4, 5),
  inputKernel: zeros(1, 3, 5, 12),
  inputMask: zeros(1, 3, 5, 12),
  bias: zeros(12),
  stateKernel: zeros(3, 3, 12),
  initialHidden: zeros(3),
  initialCell: zeros(3),
});
const diagonal = () => ({
  ...row(),
  inputKernel: zeros(1, 1, 5, 24),
  inputMask: zeros(1, 1, 5, 24),
  bias: zeros(24),
  stateKernel: zeros(2, 2, 3, 12),
  initialHidden: zeros(2, 3),
  initialCell: zeros(2, 3),
});

describe('rowLSTM refuses', () => {
  const cases: [string, () => Record<string, tf.Tensor>, string][] = [
    ['integers', () => ({ x: tf.zeros([1, 2, 4, 5], 'int32') }), 'x must be float32, got int32 [1,2,4,5]'],
    ['an empty x', () => ({ x: zeros(0, 2, 4, 5) }), 'x must be a non-empty [B, H, W, Cin], got [0,2,4,5]'],
    ['another mask', () => ({ inputMask: zeros(1, 3, 5, 1) }), 'inputMask must be [1,3,5,12], got [1,3,5,1]'],
    ['another bias', () => ({ bias: zeros(3) }), 'bias must be [12], got [3]'],
    [
      'an even state kernel',
      () => ({ stateKernel: zeros(2, 3, 12) }),
      'the state kernel must have an odd side, got [2,3,12]',
    ],
    [
      'an empty state kernel',
      () => ({ stateKernel: zeros(3, 0, 0) }),
      'the state kernel must not be empty, got [3,0,0]',
    ],
    ['another state', () => ({ initialCell: zeros(4) }), 'initialCell must be [3], got [4]'],
    [
      'another addition',
      () => ({ addition: zeros(1, 2, 4, 3) }),
      'addition must be [1,2,4,12], got [1,2,4,3]',
    ],
  ];
  test.each(cases)('%s', (_, changed, message) => {
    const inputs: unknown = { ...row(), ...changed() };
    expect(() => rowLSTM(inputs as RowLSTMInputs, taps)).toThrow(`rowLSTM: ${message}`);
  });

  const up = { kernel: zeros(1, 1, 3, 5), mask: zeros(1, 1, 3, 5), bias: zeros(5), residual: true };
  const projections: [string, object, string][] = [
    [
      'a projection of another h',
      { kernel: zeros(1, 1, 4, 5) },
      'projection.kernel must be [1,1,3,5], got [1,1,4,5]',
    ],
    [
      'another mask of the projection',
      { mask: zeros(1, 1, 3) },
      'projection.mask must be [1,1,3,5], got [1,1,3]',
    ],
    ['another bias of the projection', { bias: zeros(3) }, 'projection.bias must be [5], got [3]'],
    [
      'an integer bias of the projection',
      { bias: tf.zeros([5], 'int32') },
      'projection.bias must be float32, got int32 [5]',
    ],
    [
      'a residual of other channels',
      { kernel: zeros(1, 1, 3, 4), mask: zeros(1, 1, 3, 4), bias: zeros(4) },
      'a residual needs a projection to the 5 channels of x, not to 4',
    ],
  ];
  test.each(projections)('%s', (_, changed, message) => {
    const inputs: unknown = { ...row(), projection: { ...up, ...changed } };
    expect(() => rowLSTM(inputs as RowLSTMInputs, taps)).toThrow(`rowLSTM: ${message}`);
  });

  test('taps outside the kernel', () => {
    const inputs: unknown = row();
    expect(() => rowLSTM(inputs as RowLSTMInputs, [{ row: 0, column: 3 }])).toThrow(/^rowLSTM: tap/);
  });
});

describe('diagonalBiLSTM refuses', () => {
  const cases: [string, () => Record<string, tf.Tensor>, string][] = [
    ['integers', () => ({ bias: tf.zeros([24], 'int32') }), 'bias must be float32, got int32 [24]'],
    [
      'a state kernel of one direction',
      () => ({ stateKernel: zeros(1, 2, 3, 12) }),
      'stateKernel must be [2,2,3,12], got [1,2,3,12]',
    ],
    [
      'the input kernel of one direction',
      () => ({ inputKernel: zeros(1, 1, 5, 12) }),
      'inputKernel must be [1,1,5,24], got [1,1,5,12]',
    ],
    ['one initial state', () => ({ initialHidden: zeros(3) }), 'initialHidden must be [2,3], got [3]'],
  ];
  test.each(cases)('%s', (_, changed, message) => {
    const inputs: unknown = { ...diagonal(), ...changed() };
    expect(() => diagonalBiLSTM(inputs as DiagonalBiLSTMInputs)).toThrow(`diagonalBiLSTM: ${message}`);
  });
});

describe.each(['rowLSTM', 'diagonalBiLSTM'] as const)('%s', (layer) => {
  const sizes = { batch: 2, height: 3, width: 4, cin: 5, h: 3, inputSide: 3, stateSide: 3 };
  const data = drawRecurrentLayer({ layer, ...sizes, colors: 1, addition: true, projection: 4, seed: 1 });

  test('obeys the choice of kernels', async () => {
    const namesOf = (choice: 'fused' | 'composed') => {
      setKernels(choice);
      const profile = tf.engine().profile(() => tf.tidy(() => void recurrentOutputAndGradients(data)));
      return profile.then(({ kernelNames }) => kernelNames.filter((name) => /LSTM/.test(name)).sort());
    };
    for (const backend of fused) {
      await tf.setBackend(backend);
      const name = layer === 'rowLSTM' ? 'PixelrnnRowLSTM' : 'PixelrnnDiagonalBiLSTM';
      expect(await namesOf('fused')).toEqual([name, `${name}Backward`]);
      expect(await namesOf('composed')).toEqual([]);
    }
  });

  test('takes gradients also where composed kernels were chosen after the output', async () => {
    await tf.setBackend(fused[0]!);
    const gradient = tf.tidy(() =>
      tf.grad((x) => {
        setKernels('fused');
        const inputs: unknown = layer === 'rowLSTM' ? { ...row(), x } : { ...diagonal(), x };
        const y =
          layer === 'rowLSTM'
            ? rowLSTM(inputs as RowLSTMInputs, taps)
            : diagonalBiLSTM(inputs as DiagonalBiLSTMInputs);
        setKernels('composed');
        return y;
      })(zeros(1, 2, 4, 5)),
    );
    expect(gradient.shape).toEqual([1, 2, 4, 5]);
    gradient.dispose();
  });
});
