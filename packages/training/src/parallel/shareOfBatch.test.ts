import { expect, it } from 'vitest';
import { stripes } from '../testing/stripes.js';
import { shareOfBatch } from './shareOfBatch.js';

const batch = {
  intensities: Uint8Array.of(0, 1, 10, 11, 20, 21, 30, 31, 40, 41),
  indices: Uint32Array.of(5, 6, 7, 8, 9),
  labels: Uint16Array.of(50, 60, 70, 80, 90),
  shape: [5, 1, 2, 1] as [number, number, number, number],
};

it('gives each rank its images, their labels and their positions', () => {
  expect(shareOfBatch(batch, { rank: 0, size: 2 })).toEqual({
    intensities: Uint8Array.of(0, 1, 10, 11),
    indices: Uint32Array.of(5, 6),
    labels: Uint16Array.of(50, 60),
    shape: [2, 1, 2, 1],
  });
  expect(shareOfBatch(batch, { rank: 1, size: 2 })).toEqual({
    intensities: Uint8Array.of(20, 21, 30, 31, 40, 41),
    indices: Uint32Array.of(7, 8, 9),
    labels: Uint16Array.of(70, 80, 90),
    shape: [3, 1, 2, 1],
  });
});

it('is the batch itself on one rank, and has no labels where the batch has none', () => {
  expect(shareOfBatch(batch, { rank: 0, size: 1 })).toBe(batch);
  const plain = stripes(4).batches({ batchSize: 4, seed: 0 }).next().value;
  expect(shareOfBatch(plain, { rank: 3, size: 4 })).not.toHaveProperty('labels');
});
