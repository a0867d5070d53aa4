import fc from 'fast-check';
import { expect, test } from 'vitest';
import { boxOf, type Grid, pixelAt } from './grid.js';

const grid: Grid = { count: 6, height: 28, width: 20, columns: 4, gap: 2 };
const [wide, high] = [4 * 22 - 2, 2 * 30 - 2];

test('the middle of every pixel of a grid belongs to it', () => {
  const place = fc.record({ image: fc.nat(5), row: fc.nat(27), column: fc.nat(19) });
  fc.assert(
    fc.property(place, ({ image, row, column }) => {
      const x = ((image % 4) * 22 + column + 0.5) / wide;
      const y = (Math.floor(image / 4) * 30 + row + 0.5) / high;
      expect(pixelAt(grid, x, y)).toEqual({ image, row, column });
      const box = boxOf(grid, { image, row, column });
      expect(box.left + box.width / 2).toBeCloseTo(x);
      expect(box.top + box.height / 2).toBeCloseTo(y);
    }),
    { seed: 1 },
  );
});

test.each([
  ['left of all', -0.01, 0.5],
  ['right of all', 1.01, 0.5],
  ['below all', 0.1, 1.01],
  ['in a gap', 20.5 / wide, 0.1],
  ['where an image is missing', 0.9, 0.9],
])('%s is no pixel', (_, x, y) => {
  expect(pixelAt(grid, x, y)).toBeNull();
});
