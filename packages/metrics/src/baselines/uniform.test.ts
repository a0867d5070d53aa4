import { expect, it } from 'vitest';
import { bitsPerDim } from '../likelihood.js';
import { uniformNats } from './uniform.js';

it('is log2 of the levels in bits per dimension, of one intensity or more', () => {
  expect(bitsPerDim(uniformNats(3072, 256), 3072)).toBeCloseTo(8, 12);
  expect(() => uniformNats(-1, 10)).toThrow(
    'uniformNats: expected dimensions, H x W x C, a positive integer, got -1',
  );
  expect(() => uniformNats(10, undefined as unknown as number)).toThrow(
    'uniformNats: expected levels, a positive integer, got undefined',
  );
});
