import fc from 'fast-check';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { noise } from '../testing/archives.js';
import { dataErrorOf } from '../testing/samples.js';
import { decodeJpeg } from './jpeg.js';

const decode = (bytes: Uint8Array) => decodeJpeg(bytes, 'photos, b.jpg', 'remove it');

function encode(width: number, height: number, rgb: (x: number, y: number) => number[]): Buffer {
  const data = Buffer.alloc(4 * width * height, 255);
  for (let i = 0; i < width * height; i++) data.set(rgb(i % width, Math.floor(i / width)), 4 * i);
  return jpeg.encode({ data, width, height }, 95).data;
}

const sample = encode(24, 17, (x, y) => [10 * x, 14 * y, 128]);

/** The sample with its frame header changed: precision at 4, number of components at 9. */
function withFrame(at: number, value: number): Buffer {
  const bytes = Buffer.from(sample);
  bytes[bytes.indexOf(Buffer.of(0xff, 0xc0)) + at] = value;
  return bytes;
}

describe('decodeJpeg', () => {
  it('gives nearly the pixels back, in order', () => {
    const { width, height, pixels } = decode(sample);
    expect([width, height, pixels.length]).toEqual([24, 17, 3 * 24 * 17]);
    for (const [x, y] of [
      [0, 0],
      [23, 0],
      [5, 16],
      [23, 16],
    ] as const) {
      const at = 3 * (y * 24 + x);
      expect(Math.abs(pixels[at]! - 10 * x)).toBeLessThan(12);
      expect(Math.abs(pixels[at + 1]! - 14 * y)).toBeLessThan(12);
      expect(Math.abs(pixels[at + 2]! - 128)).toBeLessThan(12);
    }
  });

  it('gives pixels of the stated size or a DataError for any damage', () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(sample);
        damaged[at]! ^= flip;
        try {
          const { width, height, pixels } = decode(damaged);
          expect(pixels).toHaveLength(3 * width * height);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it('refuses every prefix', () => {
    for (let length = 0; length < sample.length; length++) {
      expect(() => decode(sample.subarray(0, length)), String(length)).toThrow(DataError);
    }
  });
});

describe('what is refused', () => {
  it.each([
    ['grey', withFrame(9, 1), 'it is grey'],
    ['CMYK', withFrame(9, 4), 'it is CMYK'],
    ['12 bits', withFrame(4, 12), 'it has 12 bits a channel'],
    [
      'a size of 0',
      withFrame(6, 0).fill(
        0,
        sample.indexOf(Buffer.of(0xff, 0xc0)) + 5,
        sample.indexOf(Buffer.of(0xff, 0xc0)) + 7,
      ),
      'its header says 24 x 0 pixels',
    ],
    [
      'a huge size',
      withFrame(5, 0xff).fill(
        0xff,
        sample.indexOf(Buffer.of(0xff, 0xc0)) + 5,
        sample.indexOf(Buffer.of(0xff, 0xc0)) + 9,
      ),
      'its header says 65535 x 65535 pixels',
    ],
    ['one cut off', sample.subarray(0, -30), 'it ends early'],
    ['an empty file', new Uint8Array(0), 'it is no JPEG'],
    ['a PNG', Buffer.of(0x89, 0x50, 0x4e, 0x47), 'it is no JPEG'],
    ['only a start', Buffer.of(0xff, 0xd8, 0xff, 0xd9), 'it ends before its size is told'],
    [
      'noise after the start',
      Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), noise(200)]),
      'it ends before its size is told',
    ],
  ])('%s', async (_, bytes, came) => {
    const error = await dataErrorOf(() => decode(bytes));
    expect(error.message).toContain(`photos, b.jpg should be an 8-bit RGB image, but ${came}`);
    expect(['format', 'truncated']).toContain(error.code);
  });
});
