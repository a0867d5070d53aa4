import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { encodePng, noise } from '../testing/archives.js';
import { pngChunk, pngOf } from '../testing/pngChunks.js';
import { dataErrorOf } from '../testing/samples.js';
import { decodePng } from './png.js';

const decode = (bytes: Uint8Array) => decodePng(bytes, 'a.tar, b.png', 'remove it');
const sample = encodePng(noise(3 * 5 * 7), 5, 7);

describe('decodePng', () => {
  it('gives the pixels back', () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(size, size, fc.nat(), (width, height, seed) => {
        const pixels = noise(3 * width * height, seed);
        expect(decode(encodePng(pixels, width, height))).toEqual({ width, height, pixels });
      }),
      { seed: 1 },
    );
  });

  it('gives pixels or a DataError for any damage, never other pixels', () => {
    const pixels = decode(sample).pixels;
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(sample);
        damaged[at]! ^= flip;
        try {
          expect(decode(damaged).pixels).toEqual(pixels);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('refuses every prefix', () => {
    for (let length = 0; length < sample.length; length++) {
      expect(() => decode(sample.subarray(0, length)), String(length)).toThrow(DataError);
    }
  });
});

describe('what is refused', () => {
  const rgb = noise(12);
  const bomb = deflateSync(Buffer.alloc(50_000_000));
  it.each([
    ['grey', encodePng(rgb, 2, 2, 1), 'it is grey'],
    ['grey with alpha', encodePng(rgb, 2, 2, 2), 'it is grey with an alpha channel'],
    ['alpha', encodePng(rgb, 2, 2, 4), 'it has an alpha channel'],
    ['16 bits', encodePng(rgb, 2, 2, 3, 16), 'it has 16 bits a channel'],
    ['a palette', pngOf({ colorType: 3 }), 'it has a palette'],
    ['an interlaced one', pngOf({ interlace: 1 }), 'it is interlaced'],
    ['an unknown colour type', pngOf({ colorType: 5 }), 'its colour type is 5'],
    [
      'a transparent colour',
      pngOf({ before: [pngChunk('tRNS', Buffer.alloc(6))] }),
      'one of its colours is transparent',
    ],
    ['a size of 0', pngOf({ width: 0 }), 'its header says 0 x 2 pixels'],
    ['a huge size', pngOf({ width: 100_000, height: 100_000 }), 'its header says 100000 x 100000 pixels'],
    ['an empty file', new Uint8Array(0), 'it is no PNG'],
    ['a JPEG', Buffer.of(0xff, 0xd8, 0xff, 0xe0), 'it is no PNG'],
    ['no pixels', pngOf({ data: Buffer.alloc(0) }), 'it is corrupt'],
    ['too few pixels', pngOf({ data: deflateSync(Buffer.alloc(3)) }), 'it is corrupt'],
  ])('%s', async (_, bytes, came) => {
    const error = await dataErrorOf(() => decode(bytes));
    expect(['format', 'truncated']).toContain(error.code);
    expect(error.message).toContain(`a.tar, b.png should be an 8-bit RGB image, but ${came}`);
  });

  it.each([
    ['pixels', { data: bomb }],
    ['a colour profile', { before: [pngChunk('iCCP', Buffer.concat([Buffer.of(0x61, 0, 0), bomb]))] }],
  ])('%s that inflate to much more than the header says: they are not inflated', (what, parts) => {
    const before = process.memoryUsage().arrayBuffers;
    if (what === 'pixels')
      expect(() => decode(pngOf(parts))).toThrow(/it is corrupt \(Cannot create a Buffer larger/);
    else expect(decode(pngOf(parts)).pixels).toHaveLength(12);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
  });
});
