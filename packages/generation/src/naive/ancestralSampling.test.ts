import { loadEngine } from '@pixelrnn/engine';
import { logLikelihood } from '@pixelrnn/metrics';
import { pixelCNN, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { noiseOf } from '../noise.js';
import { type AncestralSamplingOptions, ancestralSampling } from './ancestralSampling.js';

beforeAll(() => loadEngine({ quiet: true }));

const shape = { height: 6, width: 7, channels: 3, levels: 4 };
const model = (given: Partial<typeof shape> = {}) => {
  const { channels: colors, ...size } = { ...shape, ...given };
  const built = pixelCNN({ ...size, colors, blocks: 1, h: 4, headWidth: 5, firstKernel: 3 });
  built.setWeights(
    built.getWeights().map((weight, i) => tf.mul(tf.randomNormal(weight.shape, 0, 1, 'float32', i), 0.5)),
  );
  return built;
};

function options(
  count: number,
  seed: number,
  given: Partial<AncestralSamplingOptions> = {},
): AncestralSamplingOptions {
  const size = given.shape ?? shape;
  const pixels = size.height * size.width;
  return {
    shape: size,
    count,
    start: new Uint8Array(count * pixels * size.channels),
    known: new Uint8Array(count * pixels),
    noise: noiseOf({ seed, first: 0, count, perImage: pixels * size.channels }),
    temperature: 1,
    conditions: [],
    guidance: 1,
    onPixels: () => {},
    ...given,
  };
}

/** The definition: the whole image through the model for every colour of every pixel. */
function sampleWhole(
  built: tf.LayersModel,
  { count, noise, temperature, start, known }: AncestralSamplingOptions,
) {
  const { height, width, channels, levels } = shape;
  const images = start.slice();
  const positions = height * width * channels;
  for (let position = 0; position < positions; position++) {
    const logits = built.predict(
      scaleIntensities(images, [count, height, width, channels], levels),
    ) as tf.Tensor;
    const probabilities = tf
      .softmax(tf.div(tf.reshape(logits, [count, positions, levels]), temperature) as tf.Tensor3D)
      .arraySync() as number[][][];
    for (let image = 0; image < count; image++) {
      if (known[image * height * width + Math.floor(position / channels)] === 1) continue;
      const uniform = (noise[image * positions + position] as number) / 2 ** 24;
      let level = 0;
      let sum = probabilities[image]?.[position]?.[0] as number;
      while (uniform >= sum && level < levels - 1)
        sum += probabilities[image]?.[position]?.[++level] as number;
      images[image * positions + position] = level;
    }
  }
  return images;
}

describe('ancestralSampling', () => {
  it('draws by inverse transform from the conditionals of whole images', async () => {
    const built = model();
    const given = options(3, 11);
    const images = await ancestralSampling(built, given);
    expect(images).toEqual(sampleWhole(built, given));
    const cooler = options(3, 11, { temperature: 0.5 });
    const cool = await ancestralSampling(built, cooler);
    expect(cool).toEqual(sampleWhole(built, cooler));
    expect(cool).not.toEqual(images);
  });

  it('leaves known pixels as they are', async () => {
    const built = model();
    const start = Uint8Array.from({ length: 2 * 6 * 7 * 3 }, (_, i) => (i * 7) % 4);
    const known = Uint8Array.from({ length: 2 * 6 * 7 }, (_, i) => (i % 3 === 0 ? 1 : 0));
    const given = options(2, 4, { start, known });
    const images = await ancestralSampling(built, given);
    expect(images).toEqual(sampleWhole(built, given));
    known.forEach((there, pixel) => {
      if (there)
        expect(images.slice(3 * pixel, 3 * pixel + 3)).toEqual(start.slice(3 * pixel, 3 * pixel + 3));
    });
    expect(images).not.toEqual(start);
  });

  it('draws images as often as the model says', async () => {
    const tiny = { height: 2, width: 2, channels: 1, levels: 2 };
    const built = model(tiny);
    const count = 4000;
    const images = await ancestralSampling(built, options(count, 5, { shape: tiny }));
    const every = Uint8Array.from({ length: 64 }, (_, i) => (Math.floor(i / 4) >> (i % 4)) & 1);
    const logits = built.predict(scaleIntensities(every, [16, 2, 2, 1], 2)) as tf.Tensor;
    const probability = logLikelihood(logits, tf.tensor(every, [16, 2, 2, 1], 'int32'), 2)
      .dataSync()
      .map(Math.exp);
    const seen = new Array<number>(16).fill(0);
    for (let i = 0; i < count; i++)
      seen[images.subarray(4 * i, 4 * i + 4).reduce((n, bit, k) => n + (bit << k), 0)]!++;
    const chiSquare = seen.reduce(
      (sum, n, i) =>
        sum + (n - count * (probability[i] as number)) ** 2 / (count * (probability[i] as number)),
      0,
    );
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });

  it('moves conditional logits away from unconditional ones', async () => {
    const pixels = tf.input({ shape: [1, 1, 1], name: 'pixels' });
    const condition = tf.input({ shape: [1, 1, 1], name: 'condition' });
    const dense = tf.layers.dense({ units: 1, useBias: false, weights: [tf.tensor2d([[1], [0]])] });
    const both = tf.layers.concatenate().apply([condition, pixels]) as tf.SymbolicTensor;
    const outputs = dense.apply(both) as tf.SymbolicTensor;
    const built = tf.model({ inputs: [pixels, condition], outputs }); // the logit is the condition
    const tiny = { height: 1, width: 1, channels: 1, levels: 2 };
    const drawn = async (guidance: number) => {
      const conditions = [new Float32Array(4000).fill(0.5)];
      const images = await ancestralSampling(built, options(4000, 1, { shape: tiny, conditions, guidance }));
      return images.reduce((sum, value) => sum + value, 0) / 4000;
    };
    const sigmoid = (logit: number) => 1 / (1 + Math.exp(-logit));
    expect(Math.abs((await drawn(1)) - sigmoid(0.5))).toBeLessThan(0.025); // 3 deviations
    expect(Math.abs((await drawn(4)) - sigmoid(2))).toBeLessThan(0.025);
    expect(Math.abs((await drawn(0)) - 0.5)).toBeLessThan(0.025);
  });

  it('reports each row, and leaves no tensor behind', async () => {
    const built = model();
    const before = tf.memory().numTensors;
    const done: number[] = [];
    await ancestralSampling(built, options(2, 0, { onPixels: (pixels) => void done.push(pixels) }));
    expect(done).toEqual([14, 28, 42, 56, 70, 84]);
    expect(tf.memory().numTensors).toBe(before);
  });
});
