import { loadEngine } from '@pixelrnn/engine';
import { logLikelihood } from '@pixelrnn/metrics';
import { scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { complete } from './complete.js';
import { type ImageShape, perImage } from './imageShape.js';
import { imageShapeOf } from './imageShapeOf.js';
import { occlusion } from './knownMask.js';
import { likelihood } from './likelihood.js';
import { parallelNats } from './naive/parallelNats.js';
import { kinds, noisyImages, twoScales, undescribed, withRandomWeights } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

/** By the likelihood of training and evaluation, from the parallel model: nats of each image. */
function parallel(model: tf.LayersModel, images: Uint8Array, shape: ImageShape): number[] {
  const { height, width, channels, levels } = shape;
  const size: [number, number, number, number] = [images.length / perImage(shape), height, width, channels];
  return tf.tidy(() => {
    const output = model.predict(scaleIntensities(images, size, levels)) as tf.Tensor;
    return [...tf.neg(logLikelihood(output, tf.tensor4d(images, size, 'int32'), levels)).dataSync()];
  });
}

describe('likelihood', () => {
  it.each(Object.entries(kinds))('is the parallel model’s at every position: %s', async (_, build) => {
    const model = withRandomWeights(build());
    const shape = imageShapeOf(model);
    const images = noisyImages(4 * perImage(shape), shape.levels);
    const expected = await parallelNats(model, { shape, count: 4, images, conditions: [] });
    const whole = parallel(model, images, shape);
    for (const each of ['auto', 'wasm'] as const) {
      const { nats, perPosition } = await likelihood(model, images, { build: each });
      perPosition.forEach((value, i) => {
        expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-4);
      });
      nats.forEach((value, i) => {
        expect(value / (whole[i] as number)).toBeCloseTo(1, 5);
      });
    }
  });

  it('of a completion is the parallel model’s', async () => {
    const model = withRandomWeights((kinds['PixelCNN, 3 colours'] as () => tf.LayersModel)());
    const shape = imageShapeOf(model);
    const known = occlusion('lowerHalf', shape.height, shape.width);
    const images = noisyImages(3 * perImage(shape), shape.levels);
    const completed = await complete(model, { images, known, seed: 1 });
    const { nats } = await likelihood(model, completed);
    parallel(model, completed, shape).forEach((value, i) => {
      expect((nats[i] as number) / value).toBeCloseTo(1, 5);
    });
  });

  it('of two scales is the sum of both, the small image in its places', async () => {
    const model = twoScales(3, 5);
    const shape = imageShapeOf(model);
    const images = noisyImages(2 * perImage(shape), 5);
    const { nats, perPosition } = await likelihood(model, images);
    const small = imageShapeOf(model.unconditional);
    const subsampled = images.filter((_, i) => {
      const pixel = Math.floor(i / 3) % 24;
      return Math.floor(pixel / 6) % 2 === 0 && (pixel % 6) % 2 === 0;
    });
    const [one, other] = [
      parallel(model.unconditional, subsampled, small),
      parallel(model.conditional, images, shape),
    ];
    nats.forEach((value, i) => {
      expect(value / ((one[i] as number) + (other[i] as number))).toBeCloseTo(1, 5);
    });
    const alone = await likelihood(model.unconditional, subsampled);
    expect(perPosition.slice(0, 3)).toEqual(alone.perPosition.slice(0, 3));
    expect(perPosition.slice(6, 9)).toEqual(alone.perPosition.slice(3, 6));
  });

  it('of a model without a plan comes from the model', async () => {
    const model = undescribed();
    const images = noisyImages(3 * 30, 2);
    const { nats } = await likelihood(model, images, { batchSize: 2 });
    parallel(model, images, imageShapeOf(model)).forEach((value, i) => {
      expect((nats[i] as number) / value).toBeCloseTo(1, 5);
    });
  });

  it('lets a timer abort it where there is no plan', async () => {
    const images = noisyImages(20_000 * 30, 2);
    const controller = new AbortController();
    setTimeout(() => controller.abort(new Error('enough')), 60);
    const { signal } = controller;
    const scoring = likelihood(undescribed(), images, { signal, batchSize: 20 }).then(
      ({ nats }) => nats.length,
    );
    await expect(scoring).rejects.toThrow('enough');
  });

  it('is interruptible, and refuses images of another shape', async () => {
    const model = withRandomWeights((kinds['PixelCNN, 2 levels'] as () => tf.LayersModel)());
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(likelihood(model, new Uint8Array(30), { signal })).rejects.toThrow('enough');
    await expect(likelihood(model, new Uint8Array(20))).rejects.toThrow('but 20 came');
  });
});
