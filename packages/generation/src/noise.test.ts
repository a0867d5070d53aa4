import { Random } from '@pixelrnn/random';
import { expect, it } from 'vitest';
import { noiseOf } from './noise.js';

it('depends on seed and image alone', () => {
  const all = noiseOf({ seed: 7, first: 0, count: 5, perImage: 6 });
  const last = noiseOf({ seed: 7, first: 3, count: 2, perImage: 6 });
  expect(last).toEqual(all.slice(3 * 6));
  expect(noiseOf({ seed: 8, first: 0, count: 5, perImage: 6 })).not.toEqual(all);
});

it('is the upper 24 bits of the stream of the image', () => {
  const stream = new Random(7).split('sampling').split('image 1');
  const expected = Array.from({ length: 3 }, () => stream.uint32() >>> 8);
  expect([...noiseOf({ seed: 7, first: 1, count: 1, perImage: 3 })]).toEqual(expected);
});

it('differs for other purposes', () => {
  const options = { seed: 7, first: 0, count: 1, perImage: 6 };
  expect(noiseOf({ ...options, purposes: ['subsampled'] })).not.toEqual(noiseOf(options));
});
