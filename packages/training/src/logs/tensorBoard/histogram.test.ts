import { expect, it } from 'vitest';
import { histogram } from './histogram.js';

it('counts values in intervals of equal width, the largest in the last', () => {
  expect(histogram([0, 1, 1.5, 2, 4], 4)).toEqual({
    min: 0,
    max: 4,
    num: 5,
    sum: 8.5,
    sumSquares: 23.25,
    limits: [1, 2, 3, 4],
    counts: [1, 2, 1, 1],
  });
});

it('has one interval for equal values, none for none, and leaves out what is not finite', () => {
  expect(histogram([3, 3])).toMatchObject({ limits: [3], counts: [2] });
  expect(histogram([])).toMatchObject({ num: 0, limits: [], counts: [] });
  expect(histogram([Number.NaN, 1, Number.NEGATIVE_INFINITY])).toMatchObject({ num: 1, limits: [1] });
});
