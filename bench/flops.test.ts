import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import { flopsPerStep } from './flops.js';
import { trainingWorks, type Work } from './works.js';

beforeAll(() => loadEngine({ engine: 'cpu', quiet: true }));

function model({ height, width, colors, levels, h, blocks, headWidth }: Omit<Work, 'name' | 'batch'>) {
  return pixelCNN({ height, width, colors, levels, h, blocks, headWidth });
}

const tiny = { height: 5, width: 4, levels: 2, h: 1, blocks: 1, headWidth: 1 } as const;

it('counts live taps in one colour', () => {
  // 7x7 A, 1 to 2: 24 taps x 2 = 48; block 2 + 5 + 2; head 2 + 1 + 1
  expect(flopsPerStep(model({ ...tiny, colors: 1 }), 3)).toBe(2 * 3 * 5 * 4 * (3 * 61 - 48));
});

it('counts live pairs of colours in three', () => {
  // 7x7 A, RGB to RG: 24 x 3 x 2, and R to G in the centre = 145; block RG to R 1, R to R 5, R to RG 2;
  // head RG to R 1, R to R 1, R to RGB 3
  expect(flopsPerStep(model({ ...tiny, colors: 3 }), 1)).toBe(2 * 5 * 4 * (3 * 158 - 145));
});

it('counts the step at the size of binarized MNIST', () => {
  // first 24 x 32; blocks 7 x (32 x 16 + 5 x 16 x 16 + 16 x 32); head 32 x 32 + 32 x 32 + 32
  expect(flopsPerStep(model(trainingWorks[0] as Work), 16)).toBe(1_408_942_080);
});
