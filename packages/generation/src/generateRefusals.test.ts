import { loadEngine } from '@pixelrnn/engine';
import type * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { compress } from './codec/compress.js';
import { complete } from './complete.js';
import { generate } from './generate.js';
import { likelihood } from './likelihood.js';
import { kinds, noisyImages, twoScales } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

describe('what generate refuses', () => {
  it.each([
    [{ count: 0, seed: 1 }, 'count'],
    [{ count: 1e12, seed: 1 }, 'count: 1000000000000 images of 5x6x1, 2 levels, are too many for one call'],
    [{ count: 1, seed: -1 }, 'seed'],
    [{ count: 1 }, 'seed'],
    [{ count: 1, seed: 1, temperature: 0 }, 'temperature'],
    [
      { count: 1, seed: 1, temperature: 1e-40 },
      'draws the likeliest level of each pixel and colour: give that',
    ],
    [{ count: 1, seed: 1, guidance: 1e39 }, 'guidance: expected a number up to 1000000, got 1e+39'],
    [{ count: 1, seed: 1, batchSize: 0.5 }, 'batchSize'],
    [{ count: 1, seed: 1, temprature: 1 }, 'temprature'],
    [{ count: 1, seed: 1, condition: 3 }, 'this model has no condition'],
    [{ count: 1, seed: 1, guidance: 2 }, 'guidance: this model has no condition'],
    [{ count: 1, seed: 1, start: new Uint8Array(30) }, 'start is the small image of a multi-scale model'],
    [{ count: 1, seed: 1, start: new Uint8Array(29) }, 'this model is given no pixel: leave it out, or take'],
  ])('%j is refused', async (options, message) => {
    const model = (kinds['PixelCNN, 2 levels'] as () => tf.LayersModel)();
    await expect(generate(model, options as never)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it.each([
    [{ count: 2, seed: 1, start: new Uint8Array(24) }, 'expected 2 images in start, but 1 came'],
    [{ count: 1, seed: 1, start: new Uint8Array(23) }, '24 intensities each, but 23 came'],
  ])('%j is refused of a model that is given a small image', async (options, message) => {
    await expect(generate(twoScales().conditional, options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it.each([3, 1, undefined])(
    'two scales that do not fit together, at the stride %s, are refused',
    async (stride) => {
      const model = { ...twoScales(), stride: stride as number };
      const images = noisyImages(24, 2);
      const calls: (() => Promise<unknown>)[] = [
        () => generate(model, { count: 1, seed: 1 }),
        () => complete(model, { images, known: new Uint8Array(24), seed: 1 }),
        () => likelihood(model, images),
        () => compress(model, images),
      ];
      for (const call of calls) {
        await expect(call()).rejects.toMatchObject({
          code: 'usage',
          message: `The networks of this multi-scale model have images of 2x3x1, 2 levels, and of 4x6x1, 2 levels, which do not fit together at the stride ${stride}: take what multiScale or scalesOf of @pixelrnn/models gave.`,
        });
      }
      await expect(
        generate({ conditional: 1, unconditional: 2 } as never, { count: 1, seed: 1 }),
      ).rejects.toThrow('Expected a model of images');
    },
  );

  it('refuses what is no model, and a large model without its small image', async () => {
    await expect(generate({} as never, { count: 1, seed: 1 })).rejects.toThrow('Expected a model of images');
    const model = twoScales();
    await expect(generate(model.conditional, { count: 1, seed: 1 })).rejects.toThrow(
      'is given one pixel of every 2 x 2',
    );
  });
});
