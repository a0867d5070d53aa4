import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadLabels } from './spreadLabels.js';

test('labels with room stay, two that touch move apart by the same distance', () => {
  expect(spreadLabels([10, 50, 90], 20, 0, 100)).toEqual([10, 50, 90]);
  expect(spreadLabels([52, 50], 20, 0, 100)).toEqual([61, 41]);
});

test('a crowd at an edge is pushed inwards', () => {
  expect(spreadLabels([100, 99, 98, 60], 20, 0, 100)).toEqual([100, 80, 60, 40]);
  expect(spreadLabels([-5, 3], 20, 0, 100)).toEqual([0, 20]);
});

test('labels keep their order, their distance and the bounds', () => {
  const places = fc.array(fc.integer({ min: -20, max: 420 }), { maxLength: 20 });
  fc.assert(
    fc.property(places, (wanted) => {
      const spread = spreadLabels(wanted, 20, 0, 400);
      const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]! || a - b);
      const sorted = order.map((i) => spread[i]!);
      for (const [rank, place] of sorted.entries()) {
        expect(place).toBeGreaterThanOrEqual(-1e-9);
        expect(place).toBeLessThanOrEqual(400 + 1e-9);
        if (rank > 0) expect(place - sorted[rank - 1]!).toBeGreaterThanOrEqual(20 - 1e-9);
      }
    }),
    { seed: 7 },
  );
});
