import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { encodePng, noise } from '../testing/archives.js';
import { photoFixture } from '../testing/photos.js';
import { pngOf } from '../testing/pngChunks.js';
import { dataErrorOf } from '../testing/samples.js';
import { decodePng } from './png.js';
import { readPhoto } from './readPhoto.js';

const decode = (bytes: Uint8Array) => readPhoto(bytes, 'photos, b.jpg', 'remove it');
const folder = fileURLToPath(new URL('../../fixtures/photos', import.meta.url));
const names = readdirSync(folder).filter(
  (name) => !name.endsWith('.expected.png') && !name.startsWith('not-read.'),
);

const largestDifference = (a: Uint8Array, b: Uint8Array) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0);

/** A JPEG without its APP2 segments, which hold the profile. */
function withoutProfile(photo: Buffer): Buffer {
  const kept = [photo.subarray(0, 2)];
  let at = 2;
  while (photo[at + 1] !== 0xda) {
    const end = at + 2 + photo.readUInt16BE(at + 2);
    if (photo[at + 1] !== 0xe2) kept.push(photo.subarray(at, end));
    at = end;
  }
  return Buffer.concat([...kept, photo.subarray(at)]);
}

describe('readPhoto', () => {
  // Pillow and libvips give the same bits here; another build of a decoder may round otherwise.
  it.each(names)('gives the pixels that Pillow gives: %s', async (name) => {
    const expected = decodePng(readFileSync(`${folder}/${name}.expected.png`), name, '');
    const { width, height, pixels } = await decode(photoFixture(name));
    expect([width, height]).toEqual([expected.width, expected.height]);
    expect(pixels).toHaveLength(3 * width * height);
    expect(largestDifference(pixels, expected.pixels)).toBeLessThanOrEqual(1);
  });

  it.each(['red-app14.jpg', 'red-ids.jpg'])('takes %s for red', async (name) => {
    const { pixels } = await decode(photoFixture(name));
    for (let i = 0; i < pixels.length; i += 3) {
      expect(largestDifference(pixels.subarray(i, i + 3), Uint8Array.of(255, 0, 0))).toBeLessThanOrEqual(3);
    }
  });

  it.each([
    ['ycbcr-420.jpg', []],
    ['rgb-app14.jpg', []],
    ['rgb.png', []],
    ['after-the-end.jpg', []],
    ['grey.jpg', ['grey']],
    ['one-bit.png', ['grey']],
    ['grey-alpha.png', ['grey', 'with an alpha channel, which is dropped']],
    ['palette.png', ['with a palette']],
    ['16-bit.png', ['of 16 bits']],
    ['16-bit-grey.png', ['grey', 'of 16 bits']],
    ['ycck-adobe.jpg', ['CMYK']],
    ['orientation-1.jpg', []],
    ['orientation-6.jpg', ['turned upright']],
    ['lossless.webp', ['WebP']],
    ['palette.gif', ['GIF']],
    [
      'animated.gif',
      ['GIF', 'with an alpha channel, which is dropped', 'animated, of which the first frame is taken'],
    ],
    ['cmyk.tif', ['TIFF', 'CMYK']],
    ['big.tif', ['TIFF']],
    ['mif1.avif', ['AVIF']],
    ['cmyk-rgb-profile.jpg', ['CMYK']],
    ['no-profile.jpg', []],
    ['animated.png', ['animated, of which the first frame is taken']],
    ['animated.webp', ['WebP', 'animated, of which the first frame is taken']],
    ['16-bit-grey-alpha.png', ['grey', 'with an alpha channel, which is dropped', 'of 16 bits']],
  ])('says what was converted: %s', async (name, conversions) => {
    expect((await decode(photoFixture(name))).conversions).toEqual(conversions);
  });

  it.each([
    ['p3', 3],
    ['cmyk', 20],
  ])('converts colours by their profile: %s', async (profile, rounding) => {
    const raw = { width: 8, height: 8, channels: 3 } as const;
    const colour = Uint8Array.of(150, 60, 100);
    const pixels = Uint8Array.from({ length: 192 }, (_, i) => colour[i % 3]!);
    const image = sharp(pixels, { raw }).withIccProfile(profile);
    const photo = await (profile === 'cmyk' ? image.toColourspace('cmyk') : image)
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    const decoded = await decode(photo);
    expect(decoded.conversions).toContain('with a colour profile other than sRGB');
    expect(largestDifference(decoded.pixels, pixels)).toBeLessThanOrEqual(rounding);
    const unprofiled = await decode(withoutProfile(photo));
    expect(largestDifference(unprofiled.pixels, pixels)).toBeGreaterThan(rounding);
  });

  it.each(['ycbcr-420.jpg', 'palette.png', 'alpha.png', 'lossy.webp', 'palette.gif', 'rgb.tif'])(
    'gives pixels of the stated size or a DataError for any damage: %s',
    async (name) => {
      const sample = photoFixture(name);
      await fc.assert(
        fc.asyncProperty(fc.nat(sample.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
          const damaged = Buffer.from(sample);
          damaged[at]! ^= flip;
          try {
            const { width, height, pixels } = await decode(damaged);
            expect(pixels).toHaveLength(3 * width * height);
          } catch (error) {
            expect(error).toBeInstanceOf(DataError);
          }
        }),
        { seed: 1, numRuns: 60 },
      );
    },
  );

  it.each(['ycbcr-420.jpg', 'progressive-420.jpg', 'alpha.png', 'lossy.webp'])(
    'refuses every prefix: %s',
    async (name) => {
      const sample = photoFixture(name);
      for (let length = 0; length < sample.length - 12; length += length < 64 ? 1 : 7) {
        await expect(decode(sample.subarray(0, length)), String(length)).rejects.toThrow(DataError);
      }
    },
  );

  it('lets no changed pixel of a PNG pass', async () => {
    const sample = encodePng(noise(3 * 5 * 7), 5, 7);
    const expected = (await decode(sample)).pixels;
    const first = Buffer.from(sample).indexOf('IDAT');
    for (let at = first; at < sample.length - 16; at += 3) {
      const damaged = Buffer.from(sample);
      damaged[at]! ^= 0x10;
      const pixels = await decode(damaged).then(
        (image) => image.pixels,
        () => expected,
      );
      expect(Buffer.compare(pixels, expected), String(at)).toBe(0);
    }
  });
});

describe('what is refused', () => {
  /** The sample with its frame header changed. */
  function withFrame(at: number, ...values: number[]): Buffer {
    const bytes = Buffer.from(photoFixture('ycbcr-420.jpg'));
    bytes.set(values, bytes.indexOf(Buffer.of(0xff, 0xc0)) + at);
    return bytes;
  }

  it.each([
    ['an empty file', new Uint8Array(0), 'it is empty'],
    ['a web page', Buffer.from('<html><svg xmlns="http://www.w3.org/2000/svg"/>'), 'it is no PNG, JPEG, '],
    [
      'a drawing',
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      'it is no PNG',
    ],
    ['a BMP', photoFixture('not-read.bmp'), 'it is a BMP, which is not read: convert it to PNG'],
    ['an animation', photoFixture('not-read.avif'), 'it is a sequence of AVIF images, which is not read'],
    ['12 bits', withFrame(4, 12), 'it is damaged or cut off ('],
    ['a huge size', withFrame(5, 0xff, 0xff, 0xff, 0xff), 'it is damaged or cut off ('],
    [
      'a huge PNG',
      pngOf({ width: 100_000, height: 100_000 }),
      'it is damaged or cut off (Input image exceeds pixel limit)',
    ],
    ['one cut off', photoFixture('ycbcr-420.jpg').subarray(0, -30), 'it ends early'],
    ['one without its end marker', photoFixture('ycbcr-420.jpg').subarray(0, -2), 'it ends early'],
    ['only a start', Buffer.of(0xff, 0xd8, 0xff, 0xd9), 'it is damaged'],
    ['noise after the start', Buffer.concat([Buffer.of(0xff, 0xd8, 0xff), noise(200)]), 'it is damaged'],
    ['half a PNG', photoFixture('alpha.png').subarray(0, -60), 'it is damaged or cut off'],
  ])('%s', async (_, bytes, came) => {
    const error = await dataErrorOf(() => decode(bytes));
    expect(error.message).toContain('photos, b.jpg should be an 8-bit RGB image, but it');
    expect(error.message).toContain(came);
    expect(['format', 'truncated']).toContain(error.code);
  });
});
