import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shareOf } from './shareOf.js';

test('7 of 3 ranks: 2, 2 and 3', () => {
  const shares = [0, 1, 2].map((rank) => shareOf(7, { rank, size: 3 }));
  expect(shares).toEqual([
    { begin: 0, end: 2 },
    { begin: 2, end: 4 },
    { begin: 4, end: 7 },
  ]);
});

test('shares follow each other, have all, and differ by one at most', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 1, max: 200 }), (count, size) => {
      const shares = Array.from({ length: size }, (_, rank) => shareOf(count, { rank, size }));
      let position = 0;
      for (const { begin, end } of shares) {
        expect(begin).toBe(position);
        expect([Math.floor(count / size), Math.ceil(count / size)]).toContain(end - begin);
        position = end;
      }
      expect(position).toBe(count);
    }),
  );
});
