import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise } from '../testing/archives.js';
import { centreBox } from './boxResize.js';

const grey = (values: number[]) => Uint8Array.from(values.flatMap((value) => [value, value, value]));
const first = (pixels: Uint8Array) => [...pixels].filter((_, i) => i % 3 === 0);

describe('centreBox', () => {
  it('averages whole boxes, halves up', () => {
    const image = { width: 4, height: 2, pixels: grey([9, 1, 2, 9, 9, 3, 4, 9]) };
    expect(first(centreBox(image, 1))).toEqual([3]); // the middle 1 2 3 4: 2.5
    expect(first(centreBox(image, 2))).toEqual([1, 2, 3, 4]);
  });

  it('counts parts of pixels as such', () => {
    const image = { width: 3, height: 3, pixels: grey([0, 90, 180, 0, 90, 180, 0, 90, 180]) };
    expect(first(centreBox(image, 2))).toEqual([30, 150, 30, 150]); // (0 x 1 + 90 / 2) / 1.5
  });

  it('cuts the middle, of an odd rest one more from the right and the bottom', () => {
    expect(first(centreBox({ width: 4, height: 1, pixels: grey([1, 2, 3, 4]) }, 1))).toEqual([2]);
    expect(first(centreBox({ width: 1, height: 5, pixels: grey([1, 2, 3, 4, 5]) }, 1))).toEqual([3]);
  });

  it('keeps images of that size, plain ones plain, and the mean where boxes are whole', () => {
    const sides = fc.record({
      size: fc.integer({ min: 1, max: 6 }),
      more: fc.integer({ min: 0, max: 9 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(sides, fc.nat(255), ({ size, more, seed }, value) => {
        const side = size + more;
        const plain = { width: side, height: side, pixels: new Uint8Array(3 * side * side).fill(value) };
        expect(new Set(centreBox(plain, size))).toEqual(new Set([value]));
        const exact = { width: size, height: size, pixels: noise(3 * size * size, seed) };
        expect(centreBox(exact, size)).toBe(exact.pixels);
        const doubled = { width: 2 * size, height: 2 * size, pixels: noise(12 * size * size, seed) };
        const mean = (values: Uint8Array) => values.reduce((a, b) => a + b, 0) / values.length;
        expect(Math.abs(mean(centreBox(doubled, size)) - mean(doubled.pixels))).toBeLessThanOrEqual(0.5);
      }),
      { seed: 1 },
    );
  });
});
