import { loadEngine } from '@pixelrnn/engine';
import { mseAutoencoder, pixelCNN, pixelCNNAutoencoder, viewsOf } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { isAutoencoder } from './autoencoder.js';
import { compress } from './codec/compress.js';
import { decompress } from './codec/decompress.js';
import { complete } from './complete.js';
import { generate } from './generate.js';
import { imageShapeOf } from './imageShapeOf.js';
import { likelihood } from './likelihood.js';
import { withRandomWeights } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

const size = { height: 4, width: 4, colors: 1, levels: 2 } as const;
const encoder = { codeSize: 2, encoderLayers: 1, encoderFilters: 2 };
const gated = { layers: 1, filters: 2, headWidth: 2, firstKernel: 3 };
const kinds: [string, () => tf.LayersModel][] = [
  ['PixelCNN', () => pixelCNNAutoencoder({ ...size, ...encoder, ...gated }).autoencoder],
  ['squared-error', () => mseAutoencoder({ ...size, ...encoder }).autoencoder],
];
const images = Uint8Array.from({ length: 32 }, (_, i) => i % 2);

it.each(kinds)('a %s auto-encoder neither draws nor codes images', async (_, build) => {
  const model = build();
  const refused = { code: 'model', message: expect.stringContaining('viewsOf(model).decoder') };
  const known = new Uint8Array(16);
  await expect(generate(model, { count: 1, seed: 1 })).rejects.toMatchObject(refused);
  await expect(complete(model, { images, known, seed: 1 })).rejects.toMatchObject(refused);
  await expect(compress(model, images)).rejects.toMatchObject(refused);
  await expect(decompress(model, new Uint8Array(60))).rejects.toMatchObject(refused);
  expect(isAutoencoder(model)).toBe(true);
  expect(imageShapeOf(model)).toEqual({ height: 4, width: 4, channels: 1, levels: 2 });
});

it('the decoder of one draws images for codes, with the likelihood of the whole', async () => {
  const model = withRandomWeights((kinds[0] as (typeof kinds)[number])[1]());
  const views = viewsOf(model);
  const onWarning = (message: string) => expect.unreachable(message);
  const codes = Float32Array.of(1, -1, 0.5, 2);
  const drawn = await generate(views.decoder, { count: 2, seed: 1, condition: codes, onWarning });
  expect(drawn.length).toBe(32);
  const given = tf.tidy(() => {
    const pixels = tf.tensor4d(
      Array.from(images, (value) => 2 * value - 1),
      [2, 4, 4, 1],
    );
    return (views.encoder.predict(pixels) as tf.Tensor).dataSync() as Float32Array;
  });
  const [whole, part] = [
    await likelihood(model, images),
    await likelihood(views.decoder, images, { condition: given }),
  ];
  for (const [i, nats] of whole.nats.entries()) expect(part.nats[i]).toBeCloseTo(nats, 4);
});

it('other models are none', () => {
  expect(isAutoencoder(pixelCNN({ ...size, blocks: 1, h: 2, headWidth: 2 }))).toBe(false);
  for (const none of [null, undefined, {}, 3]) expect(isAutoencoder(none)).toBe(false);
});
