import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { maskedConv2d } from '../convolution/maskedConv2d.js';
import { pixelCNNBlocks } from '../convolution/pixelCNNBlocks.js';
import { mcgsm } from '../output/mcgsm.js';
import { splitLevels } from '../output/splitLevels.js';
import { diagonalBiLSTM } from '../recurrent/diagonalBiLSTM.js';
import { rowLSTM } from '../recurrent/rowLSTM.js';
import { subsample } from '../scale/subsample.js';
import { transposedConv2d } from '../scale/transposedConv2d.js';
import { describeAlone } from '../testing/describeAlone.js';
import { reach } from './reach.js';

beforeAll(() => loadEngine({ engine: 'cpu', quiet: true }));

const everywhere = Number.POSITIVE_INFINITY;
const pointwise = { up: 0, down: 0, left: 0, right: 0 };

describe('the reach of a layer', () => {
  const conv = (kernelSize: number | [number, number], maskType: 'A' | 'B') =>
    maskedConv2d({ filters: 2, kernelSize, maskType, colors: 1 });
  it.each([
    ['7 x 7, mask A', conv(7, 'A'), { up: 3, down: 0, left: 3, right: 3 }],
    ['1 x 5, mask B', conv([1, 5], 'B'), { up: 0, down: 0, left: 2, right: 0 }],
    ['5 x 1, mask A', conv([5, 1], 'A'), { up: 2, down: 0, left: 0, right: 0 }],
    ['1 x 1, mask B', conv(1, 'B'), pointwise],
    ['two blocks', pixelCNNBlocks({ blocks: 2, h: 1, colors: 1 }), { up: 2, down: 0, left: 2, right: 2 }],
    [
      'Row LSTM',
      rowLSTM({ filters: 2, colors: 1 }),
      { up: everywhere, down: 0, left: everywhere, right: everywhere },
    ],
    [
      'Row LSTM over one column',
      rowLSTM({ filters: 2, colors: 1, kernelSize: 1 }),
      { up: everywhere, down: 0, left: 0, right: 0 },
    ],
    [
      'Diagonal BiLSTM',
      diagonalBiLSTM({ filters: 2, colors: 1 }),
      { up: everywhere, down: 0, left: everywhere, right: everywhere },
    ],
    ['levels', splitLevels({ colors: 2, levels: 1 }), pointwise],
    ['mixture', mcgsm({ colors: 1, components: 1, features: 1 }), pointwise],
    ['ReLU', tf.layers.reLU(), pointwise],
  ])('%s', (_, layer, expected) => {
    const { input, output, ...plan } = describeAlone(layer, { channels: 2 });
    expect(reach(plan, output, input)).toEqual(expected);
  });

  it('goes through a subsampled map in pixels of the image, below too', () => {
    // 3 x 3 on every second pixel: 2 pixels to each side; 5 x 5 over inserted zeros: 2 more.
    const layers = [
      subsample({ stride: 2 }),
      transposedConv2d({ filters: 2, stride: 1 }),
      transposedConv2d({ filters: 1, stride: 2 }),
    ];
    const { input, output, ...plan } = describeAlone(layers);
    expect(plan.maps.map(({ stride }) => stride)).toEqual([1, 2, 2, 1]);
    expect(reach(plan, output, input)).toEqual({ up: 4, down: 4, left: 4, right: 4 });
  });

  it('is null where no path leads', () => {
    const { plan, maps } = describeAlone(
      maskedConv2d({ filters: 1, kernelSize: 1, maskType: 'B', colors: 1 }),
    );
    const lonely = plan.addMap({ channels: 1, groups: 'cyclic', stride: 1 });
    expect(reach({ steps: plan.steps, maps: [...maps, plan.map(lonely)] }, lonely, plan.pixels)).toBeNull();
  });
});

it('of a map that is not one of the plan is an error', () => {
  const layer = maskedConv2d({ filters: 1, kernelSize: 3, maskType: 'A', colors: 1 });
  const { output, ...plan } = describeAlone(layer);
  expect(() => reach(plan, undefined as unknown as number, 0)).toThrow(
    'reach: expected an output map 0 .. 1 of the plan, got undefined',
  );
  expect(() => reach(plan, output, 998)).toThrow('reach: expected an input map 0 .. 1 of the plan, got 998');
});
