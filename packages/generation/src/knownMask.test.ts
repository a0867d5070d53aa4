import { describe, expect, it } from 'vitest';
import { masksOf, occlusion, occlusions } from './knownMask.js';

describe('occlusion', () => {
  it.each([
    ['lowerHalf', [1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['upperHalf', [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]],
    ['rightHalf', [1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0]],
    ['leftHalf', [0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1]],
    ['border', [1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1]],
  ] as const)('%s of 4 x 4', (missing, expected) => {
    expect([...occlusion(missing, 4, 4)]).toEqual(expected);
  });

  it('leaves something out of every image of more than one pixel', () => {
    for (const missing of occlusions) expect(occlusion(missing, 3, 5)).toContain(0);
  });

  it.each([
    ['hat', 4, 4, "expected one of lowerHalf, upperHalf, rightHalf, leftHalf, border, but 'hat' came"],
    ['border', 2.5, 3, 'expected height and width in whole pixels, but 2.5 x 3 came'],
    ['border', 4, undefined, 'but 4 x undefined came'],
    ['border', 0, 4, 'but 0 x 4 came'],
  ])('%s of %s x %s is refused', (missing, height, width, message) => {
    const mask = () => occlusion(missing as never, height, width as never);
    expect(mask).toThrow(message);
    expect(mask).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('masksOf', () => {
  it('gives every image the mask of all', () => {
    expect([...masksOf(new Uint8Array([1, 0]), 2, 1, 2)]).toEqual([1, 0, 1, 0]);
    expect([...masksOf(new Uint8Array([1, 0, 0, 0]), 2, 1, 2)]).toEqual([1, 0, 0, 0]);
  });

  it('refuses others', () => {
    expect(() => masksOf(new Uint8Array(3), 2, 1, 2)).toThrow(
      'expected a mask of 1 x 2 pixels or 2 of them, but 3 values came',
    );
    expect(() => masksOf(new Uint8Array([1, 255]), 2, 1, 2)).toThrow(
      'expected 0 or 1, but 255 came at index 1',
    );
  });
});
