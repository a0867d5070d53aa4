import { loadEngine } from '@pixelrnn/engine';
import { gatedPixelCNN } from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import { flopsPerStep } from './flops.js';
import { modelOf } from './ours/model.js';
import { trainingWorks, type Work } from './works.js';

beforeAll(() => loadEngine({ engine: 'cpu', quiet: true }));

const size = { height: 5, width: 4, levels: 2, h: 1, headWidth: 1 } as const;
const tiny = { ...size, model: 'pixelcnn', blocks: 1 } as const;

/** What one more recurrent layer adds. */
function flopsOfLayer(colors: number, model: 'row' | 'diagonal'): number {
  const flops = (layers: number) => flopsPerStep(modelOf({ ...size, colors, model, layers }), 1);
  return flops(2) - flops(1);
}

it('counts live taps in one colour', () => {
  // 7x7 A, 1 to 2: 24 taps x 2 = 48; block 2 + 5 + 2; head 2 + 1 + 1
  expect(flopsPerStep(modelOf({ ...tiny, colors: 1 }), 3)).toBe(2 * 3 * 5 * 4 * (3 * 61 - 48));
});

it('counts live pairs of colours in three', () => {
  // 7x7 A, RGB to RG: 24 x 3 x 2, and R to G in the centre = 145; block RG to R 1, R to R 5, R to RG 2;
  // head RG to R 1, R to R 1, R to RGB 3
  expect(flopsPerStep(modelOf({ ...tiny, colors: 3 }), 1)).toBe(2 * 5 * 4 * (3 * 158 - 145));
});

it('counts the step at the size of binarized MNIST', () => {
  // first 24 x 32; blocks 7 x (32 x 16 + 5 x 16 x 16 + 16 x 32); head 32 x 32 + 32 x 32 + 32
  expect(flopsPerStep(modelOf(trainingWorks[0] as Work), 16)).toBe(1_408_942_080);
});

it('counts the taps, the state and the up-projection of a Row LSTM', () => {
  // 2 taps x 2 x 4 gates; state 3 x 1 x 4; up 1 x 2
  expect(flopsOfLayer(1, 'row')).toBe(2 * 20 * 3 * (16 + 12 + 2));
  // of 3 colours, RG in, R in the gates: 2 + 1 live; up R to RG
  expect(flopsOfLayer(3, 'row')).toBe(2 * 20 * 3 * (12 + 12 + 2));
});

it('counts both directions of a Diagonal BiLSTM', () => {
  // 2 directions x (2 x 4 gates; state 2 x 1 x 4); up 1 x 2
  expect(flopsOfLayer(1, 'diagonal')).toBe(2 * 20 * 3 * (16 + 16 + 2));
});

/** What one more gated layer adds, in an image of 5 x 4 pixels. */
function flopsOfGatedLayer(
  colors: number,
  condition: { conditionSize?: number; conditionMaps?: number } = {},
) {
  const flops = (layers: number) => {
    const sizes = { height: 5, width: 4, colors, levels: 2, filters: 1, headWidth: 1, layers };
    return flopsPerStep(gatedPixelCNN({ ...sizes, ...condition }), 3);
  };
  return flops(2) - flops(1);
}

it('counts both stacks of a gated layer, its link and its projection', () => {
  // One map: 2 x 3 taps and 1 x 2 taps to two sums, two sums to two, one map to one.
  expect(flopsOfGatedLayer(1)).toBe(2 * 3 * 20 * 3 * (12 + 4 + 4 + 1));
});

it('counts a condition once an image where it is a vector, at every pixel where it is a map', () => {
  // To two sums of either stack, forward and in the gradient of the weights.
  const plain = flopsOfGatedLayer(1);
  expect(flopsOfGatedLayer(1, { conditionSize: 7 }) - plain).toBe(2 * 3 * 2 * (7 * 4));
  expect(flopsOfGatedLayer(1, { conditionMaps: 7 }) - plain).toBe(2 * 3 * 20 * 2 * (7 * 4));
});
