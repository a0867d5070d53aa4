import fc from 'fast-check';
import { expect, test } from 'vitest';
import { groupsOf } from './groups.js';

const lanesOf = (...args: Parameters<typeof groupsOf>) => groupsOf(...args).map(({ lanes }) => lanes);

test('one image does not cost sixteen', () => {
  expect(groupsOf(1, 1, 28, 1)).toEqual([{ lanes: 4, first: 0, images: 1 }]);
  expect(lanesOf(5, 1, 28, 1)).toEqual([8]);
  expect(lanesOf(16, 1, 28, 1)).toEqual([16]);
  expect(lanesOf(17, 1, 28, 1)).toEqual([16, 4]);
  expect(lanesOf(16, 1, 12, 1)).toEqual([8, 8]);
});

test('threads share a batch', () => {
  expect(lanesOf(16, 1, 28, 2)).toEqual([8, 8]);
  expect(lanesOf(16, 1, 28, 4)).toEqual([4, 4, 4, 4]);
  expect(lanesOf(64, 1, 28, 2)).toEqual([16, 16, 16, 16]);
});

test('under guidance an image takes two lanes', () => {
  expect(groupsOf(3, 2, 12, 1)).toEqual([{ lanes: 8, first: 0, images: 3 }]);
  expect(groupsOf(9, 2, 12, 1).map(({ images }) => images)).toEqual([4, 4, 1]);
});

test('every image is in one group', () => {
  const sizes = fc.constantFrom(4, 12, 28);
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.constantFrom(1, 2),
      sizes,
      fc.integer({ min: 1, max: 9 }),
      (count, each, possible, threads) => {
        let next = 0;
        for (const { lanes, first, images } of groupsOf(count, each, possible, threads)) {
          expect(first).toBe(next);
          expect(images).toBeGreaterThan(0);
          expect(images * each).toBeLessThanOrEqual(lanes);
          expect(lanes & possible).toBe(lanes);
          next += images;
        }
        expect(next).toBe(count);
      },
    ),
    { seed: 1 },
  );
});
