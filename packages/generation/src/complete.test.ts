import { loadEngine } from '@pixelrnn/engine';
import type * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { complete } from './complete.js';
import { generate } from './generate.js';
import { perImage } from './imageShape.js';
import { imageShapeOf } from './imageShapeOf.js';
import { occlusion } from './knownMask.js';
import { ancestralSampling } from './naive/ancestralSampling.js';
import { noiseOf } from './noise.js';
import { kinds, noisyImages, twoScales, withRandomWeights } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

const build = (kind: string) => withRandomWeights((kinds[kind] as () => tf.LayersModel)());

describe('complete', () => {
  it.each(Object.keys(kinds))('draws what the naive loop draws, any pixels known: %s', async (kind) => {
    const model = build(kind);
    const shape = imageShapeOf(model);
    const images = noisyImages(3 * perImage(shape), shape.levels);
    const known = noisyImages(3 * shape.height * shape.width, 2, 8);
    const completed = await complete(model, { images, known, seed: 6 });
    const naive = await ancestralSampling(model, {
      ...{ shape, count: 3, start: images, known, temperature: 1, conditions: [], guidance: 1 },
      noise: noiseOf({ seed: 6, first: 0, count: 3, perImage: perImage(shape) }),
      onPixels: () => {},
    });
    expect(completed).toEqual(naive);
  });

  it('never changes a known pixel, nor reads what is not known', async () => {
    for (const kind of ['PixelCNN, 3 colours', 'Diagonal BiLSTM, 2 levels']) {
      const model = build(kind);
      const shape = imageShapeOf(model);
      const pixels = shape.height * shape.width;
      const masks = fc.array(fc.constantFrom(0, 1), { minLength: 2 * pixels, maxLength: 2 * pixels });
      await fc.assert(
        fc.asyncProperty(masks, fc.nat(1000), async (mask, seed) => {
          const known = Uint8Array.from(mask);
          const images = noisyImages(2 * perImage(shape), shape.levels, seed);
          const other = noisyImages(2 * perImage(shape), shape.levels, seed + 1);
          const isKnown = (i: number) => known[Math.floor(i / shape.channels)] === 1;
          const elsewhere = images.map((value, i) => (isKnown(i) ? value : (other[i] as number)));
          const completed = await complete(model, { images, known, seed, build: 'wasm' });
          expect(await complete(model, { images: elsewhere, known, seed, build: 'wasm' })).toEqual(completed);
          completed.forEach((value, i) => {
            if (isKnown(i)) expect(value).toBe(images[i]);
          });
        }),
        { numRuns: 20 },
      );
    }
  });

  it('of nothing known is generation, of everything known changes nothing', async () => {
    const model = build('Row LSTM, 3 colours, skip');
    const shape = imageShapeOf(model);
    const images = noisyImages(4 * perImage(shape), shape.levels);
    const pixels = shape.height * shape.width;
    const none = await complete(model, { images, known: new Uint8Array(pixels), seed: 3 });
    expect(none).toEqual(await generate(model, { count: 4, seed: 3 }));
    expect(await complete(model, { images, known: new Uint8Array(pixels).fill(1), seed: 3 })).toEqual(images);
  });

  it('of a mask for all is that of the mask for each, in any batches', async () => {
    const model = build('PixelCNN, 2 levels');
    const images = noisyImages(5 * 30, 2);
    const known = occlusion('lowerHalf', 5, 6);
    const all = await complete(model, { images, known, seed: 3 });
    const each = Uint8Array.from({ length: 5 * 30 }, (_, i) => known[i % 30] as number);
    expect(await complete(model, { images, known: each, seed: 3, batchSize: 2 })).toEqual(all);
    expect(all).not.toEqual(images);
  });

  it('of two scales completes the small image first', async () => {
    const model = twoScales(3, 4);
    const images = noisyImages(2 * 72, 4);
    const known = occlusion('lowerHalf', 4, 6);
    const completed = await complete(model, { images, known, seed: 1 });
    completed.forEach((value, i) => {
      if (known[Math.floor(i / 3) % 24]) expect(value).toBe(images[i]);
    });
    const none = await complete(model, { images, known: new Uint8Array(24), seed: 1 });
    expect(none).toEqual(await generate(model, { count: 2, seed: 1 }));
  });

  it.each([
    [{ known: new Uint8Array(29) }, 'expected a mask of 5 x 6 pixels or 2 of them, but 29 values came'],
    [{ known: new Uint8Array(30).fill(255) }, 'expected 0 or 1, but 255 came'],
    [{ images: new Uint8Array(31) }, '30 intensities each, but 31 came'],
    [{ images: new Uint8Array(60).fill(2) }, 'an intensity is 0 to 1, but 2 came at index 0'],
    [{ images: [0, 1] as never }, 'images'],
  ])('%j is refused', async (given, message) => {
    const options = { images: new Uint8Array(60), known: new Uint8Array(30), seed: 1, ...given };
    await expect(complete(build('PixelCNN, 2 levels'), options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });
});
