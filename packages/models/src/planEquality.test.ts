import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, describe, it } from 'vitest';
import { multiScale } from './multiScale.js';
import { pixelCNN } from './pixelCNN.js';
import { type PixelRNNOptions, pixelRNN } from './pixelRNN.js';
import { expectPlanEqualsPredict } from './testing/planEquality.js';

beforeAll(() => loadEngine({ quiet: true }));

const size = { height: 5, width: 7, colors: 1, levels: 2, h: 3, headWidth: 4, firstKernel: 3 } as const;
const color = { ...size, colors: 3, levels: 5, h: 4, headWidth: 5 } as const;

describe('evaluated pixel by pixel, the plan gives what predict gives', () => {
  it.each([
    ['one colour', { ...size, blocks: 2 }],
    [
      'one colour, 256 levels, larger kernels',
      { ...size, levels: 256, blocks: 1, firstKernel: 7, kernelSize: 5 },
    ],
    ['three colours', { ...color, blocks: 2 }],
    ['three colours, no blocks', { ...color, levels: 2, blocks: 0 }],
    ['three colours, fewer maps than colours', { ...color, h: 1, headWidth: 2, blocks: 1 }],
  ])('PixelCNN, %s', (_, options) => {
    expectPlanEqualsPredict(pixelCNN(options));
  });

  const recurrent: [string, Omit<PixelRNNOptions, 'cell'>][] = [
    ['one colour', { ...size, layers: 2 }],
    ['one colour, without residuals, with skips', { ...size, layers: 2, residual: false, skip: true }],
    ['one colour, mixture', { ...size, levels: 4, layers: 1, distribution: 'mcgsm' }],
    ['one colour, conditioned', { ...size, layers: 2, conditionMaps: 2 }],
    ['three colours', { ...color, layers: 2, skip: true }],
    ['three colours, without residuals', { ...color, layers: 1, residual: false, kernelSize: 5 }],
    ['three colours, mixture', { ...color, layers: 1, distribution: 'mcgsm' }],
    ['three colours, conditioned, 2 levels', { ...color, levels: 2, layers: 1, conditionMaps: 4 }],
    ['three colours, fewer maps than colours', { ...color, h: 1, headWidth: 2, layers: 2 }],
    ['one row', { ...color, height: 1, layers: 2 }],
    ['one column', { ...color, width: 1, layers: 2 }],
  ];
  describe.each(['row', 'diagonal'] as const)('%s', (cell) => {
    it.each(recurrent)('PixelRNN, %s', (_, options) => {
      expectPlanEqualsPredict(pixelRNN({ ...options, cell }));
    });
  });

  const network = { layers: 1, h: 3, headWidth: 4, firstKernel: 3 } as const;
  it.each([
    ['one colour', { ...size, height: 6, width: 4, stride: 2 as const }],
    ['three colours, stride 4', { ...color, height: 4, width: 8, stride: 4 as const }],
  ])('multi-scale PixelRNN, both networks, %s', (_, { height, width, colors, levels, stride }) => {
    for (const [first, second] of [
      ['row', 'diagonal'],
      ['diagonal', 'row'],
    ] as const) {
      const models = multiScale({
        ...{ height, width, colors, levels, stride },
        conditionMaps: 3,
        unconditional: { ...network, cell: first },
        conditional: { ...network, cell: second, skip: true },
      });
      expectPlanEqualsPredict(models.unconditional);
      expectPlanEqualsPredict(models.conditional);
    }
  });
});
