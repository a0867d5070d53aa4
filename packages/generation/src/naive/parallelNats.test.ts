import { loadEngine } from '@pixelrnn/engine';
import { logLikelihood } from '@pixelrnn/metrics';
import { pixelCNN, pixelRNN, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { parallelNats } from './parallelNats.js';

beforeAll(() => loadEngine({ quiet: true }));

const size = { height: 3, width: 4, colors: 3, headWidth: 5, firstKernel: 3, seed: 2 };

it.each([
  ['two levels', () => pixelCNN({ ...size, levels: 2, blocks: 1, h: 4 }), 2],
  ['a softmax', () => pixelCNN({ ...size, levels: 8, blocks: 1, h: 4 }), 8],
  [
    'a mixture',
    () => pixelRNN({ ...size, cell: 'row', levels: 256, layers: 1, h: 4, distribution: 'mcgsm' }),
    256,
  ],
])('of %s adds up to the likelihood of images', async (_, build, levels) => {
  const model = build();
  const shape = { height: 3, width: 4, channels: 3, levels };
  const images = Uint8Array.from({ length: 2 * 36 }, (_, i) => (i * 37) % levels);
  const before = tf.memory().numTensors;
  const nats = await parallelNats(model, { shape, count: 2, images, conditions: [] });
  expect(tf.memory().numTensors).toBe(before);
  const size4: [number, number, number, number] = [2, 3, 4, 3];
  const output = model.predict(scaleIntensities(images, size4, levels)) as tf.Tensor;
  const expected = logLikelihood(output, tf.tensor4d(images, size4, 'int32'), levels).dataSync();
  for (const image of [0, 1]) {
    const sum = nats.subarray(36 * image, 36 * (image + 1)).reduce((total, value) => total + value, 0);
    expect(sum / -(expected[image] as number)).toBeCloseTo(1, 5);
  }
  expect(nats.every((value) => value >= 0)).toBe(true);
});
