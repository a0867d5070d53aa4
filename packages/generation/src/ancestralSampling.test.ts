import { loadEngine } from '@pixelrnn/engine';
import { logLikelihood } from '@pixelrnn/metrics';
import { pixelCNN, scaleIntensities } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type SamplingOptions, sample } from './ancestralSampling.js';

beforeAll(() => loadEngine({ quiet: true }));

const shape = { height: 6, width: 7, colors: 3, levels: 4 };
const model = (options: { blocks?: number; seed?: number } & Partial<typeof shape> = {}) => {
  const built = pixelCNN({ ...shape, blocks: 1, h: 4, headWidth: 5, firstKernel: 3, ...options });
  built.setWeights(
    built.getWeights().map((weight, i) => tf.mul(tf.randomNormal(weight.shape, 0, 1, 'float32', i), 0.5)),
  );
  return built;
};

/** The definition: the whole image through the model for every colour of every pixel. */
async function sampleWhole(
  built: tf.LayersModel,
  { count, height, width, colors, levels, seed }: SamplingOptions,
) {
  const images = new Uint8Array(count * height * width * colors);
  const random = new Random(seed).split('sampling');
  for (let position = 0; position < height * width * colors; position++) {
    const logits = built.predict(
      scaleIntensities(images, [count, height, width, colors], levels),
    ) as tf.Tensor;
    const probabilities = tf
      .softmax(tf.reshape(logits, [count, height * width * colors, levels]))
      .arraySync() as number[][][];
    for (let image = 0; image < count; image++) {
      const uniform = random.uniform();
      let level = 0;
      let sum = probabilities[image]?.[position]?.[0] as number;
      while (uniform >= sum && level < levels - 1)
        sum += probabilities[image]?.[position]?.[++level] as number;
      images[image * height * width * colors + position] = level;
    }
  }
  return images;
}

describe('sample', () => {
  it('evaluates windows, with the samples that whole images give', async () => {
    const built = model();
    const options = { ...shape, count: 3, seed: 11 };
    expect(await sample(built, options)).toEqual(await sampleWhole(built, options));
  });

  it('is repeated by its seed', async () => {
    const built = model();
    const options = { ...shape, count: 2, seed: 1 };
    const first = await sample(built, options);
    expect(await sample(built, options)).toEqual(first);
    expect(await sample(built, { ...options, seed: 2 })).not.toEqual(first);
  });

  it('draws images as often as the model says', async () => {
    const tiny = { height: 2, width: 2, colors: 1, levels: 2 };
    const built = model(tiny);
    const count = 4000;
    const images = await sample(built, { ...tiny, count, seed: 5 });
    const every = Uint8Array.from({ length: 64 }, (_, i) => (Math.floor(i / 4) >> (i % 4)) & 1);
    const logits = built.predict(scaleIntensities(every, [16, 2, 2, 1], 2)) as tf.Tensor;
    const probability = logLikelihood(logits, tf.tensor(every, [16, 2, 2, 1], 'int32'), 2)
      .dataSync()
      .map(Math.exp);
    const seen = new Array(16).fill(0);
    for (let i = 0; i < count; i++)
      seen[images.subarray(4 * i, 4 * i + 4).reduce((n, bit, k) => n + (bit << k), 0)]++;
    const chiSquare = seen.reduce(
      (sum, n, i) =>
        sum + (n - count * (probability[i] as number)) ** 2 / (count * (probability[i] as number)),
      0,
    );
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });

  it('reports each row, and leaves no tensor behind', async () => {
    const built = model();
    const before = tf.memory().numTensors;
    const rows: number[] = [];
    await sample(built, { ...shape, count: 1, seed: 0, onProgress: (row) => void rows.push(row) });
    expect(rows).toEqual([1, 2, 3, 4, 5, 6]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
