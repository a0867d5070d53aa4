import { Random } from '@pixelrnn/random';
import { describe, expect, it } from 'vitest';
import { binarizeImages } from './binarization.js';

describe('binarizeImages', () => {
  it('leaves black black and white white', () => {
    const grey = new Uint8Array(5000).fill(255, 2500);
    const binary = binarizeImages(grey, 50, new Random(1));
    expect([...binary]).toEqual([...grey].map((value) => value / 255));
  });

  it.each([1, 64, 128, 254])('draws ones with probability %i / 255', (intensity) => {
    const count = 40_000;
    const ones = binarizeImages(new Uint8Array(count).fill(intensity), 100, new Random(2)).reduce(
      (a, b) => a + b,
      0,
    );
    const p = intensity / 255;
    expect(Math.abs(ones / count - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / count)); // 4 standard errors
  });

  it('draws an image whatever others are there, and another way for another seed', () => {
    const grey = new Uint8Array(300).fill(128);
    const three = binarizeImages(grey, 100, new Random(3));
    expect(binarizeImages(grey.subarray(0, 200), 100, new Random(3))).toEqual(three.subarray(0, 200));
    expect(three.subarray(0, 100)).not.toEqual(three.subarray(100, 200));
    expect(binarizeImages(grey, 100, new Random(4))).not.toEqual(three);
  });
});
