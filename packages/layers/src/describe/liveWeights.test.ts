import { loadEngine } from '@pixelrnn/engine';
import type { SumStep } from '@pixelrnn/kernels/plan';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from '../convolution/maskedConv2d.js';
import { pixelCNNBlocks } from '../convolution/pixelCNNBlocks.js';
import { diagonalBiLSTM } from '../recurrent/diagonalBiLSTM.js';
import { rowLSTM } from '../recurrent/rowLSTM.js';
import { subsample } from '../scale/subsample.js';
import { transposedConv2d } from '../scale/transposedConv2d.js';
import { describeAlone } from '../testing/describeAlone.js';
import { liveWeights } from './liveWeights.js';

beforeAll(() => loadEngine({ engine: 'cpu', quiet: true }));

const sums = (steps: unknown[]) => steps as SumStep[];

describe('live weights', () => {
  it.each([
    // 24 live positions
    [
      '7 x 7, mask A, one colour',
      maskedConv2d({ filters: 2, kernelSize: 7, maskType: 'A', colors: 1 }),
      1,
      48,
    ],
    // R to G, R to B, G to B
    [
      '1 x 1 and more, mask A',
      maskedConv2d({ filters: 3, kernelSize: [1, 3], maskType: 'A', colors: 3 }),
      3,
      9 + 3,
    ],
    ['1 x 1, mask B', maskedConv2d({ filters: 3, kernelSize: 1, maskType: 'B', colors: 3 }), 3, 6],
    // 2 maps of R read R, 2 of G read R and G, 2 of B all
    [
      '1 x 1, to contiguous groups',
      maskedConv2d({ filters: 6, kernelSize: 1, maskType: 'B', colors: 3, outputGroups: 'contiguous' }),
      3,
      2 + 4 + 6,
    ],
    // 2 taps x 4 gates; state 3 x 4
    ['Row LSTM', rowLSTM({ filters: 1, colors: 1 }), 1, 8 + 12],
    ['Row LSTM, up-projection', rowLSTM({ filters: 1, colors: 1, outputFilters: 2 }), 1, 8 + 12 + 2],
    // two directions: 4 gates; state 2 x 4
    ['Diagonal BiLSTM', diagonalBiLSTM({ filters: 1, colors: 1 }), 1, 2 * (4 + 8)],
  ])('%s', (_, layer, colors, expected) => {
    expect(liveWeights(describeAlone(layer, { colors }))).toBe(expected);
  });

  it('of blocks and of transposed convolutions', () => {
    const blocks = describeAlone(pixelCNNBlocks({ blocks: 2, h: 2, colors: 1 }), { channels: 4 });
    expect(liveWeights(blocks)).toBe(2 * (4 * 2 + 5 * 2 * 2 + 2 * 4));
    const layers = [subsample({ stride: 2 }), transposedConv2d({ filters: 3, stride: 2 })];
    expect(liveWeights(describeAlone(layers))).toBe(5 * 5 * 3);
  });

  it('are as many as the weights that are not zero', () => {
    for (const colors of [1, 2, 3]) {
      const layers = [
        maskedConv2d({ filters: 5, kernelSize: 3, maskType: 'A', colors }),
        rowLSTM({ filters: 4, colors, outputFilters: 7 }),
        diagonalBiLSTM({ filters: 3, colors }),
      ];
      for (const layer of layers) {
        const described = describeAlone(layer, { colors, channels: 4 });
        const terms = sums(described.steps).flatMap((step) => step.terms);
        const live = terms.flatMap(({ weights }) => [...weights()]).filter((weight) => weight !== 0);
        expect(live.length).toBe(liveWeights(described));
      }
    }
  });
});
