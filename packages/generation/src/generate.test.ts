import { loadEngine } from '@pixelrnn/engine';
import { logLikelihood } from '@pixelrnn/metrics';
import {
  gatedPixelCNN,
  multiScaleImage,
  pixelCNN,
  pixelRNN,
  planOf,
  scaleIntensities,
  subsampleIntensities,
} from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { compress } from './codec/compress.js';
import { decompress } from './codec/decompress.js';
import { complete } from './complete.js';
import { generate } from './generate.js';
import { perImage } from './imageShape.js';
import { imageShapeOf } from './imageShapeOf.js';
import { knownAt } from './multiScale.js';
import { ancestralSampling } from './naive/ancestralSampling.js';
import { noiseOf } from './noise.js';
import { kinds, noisyImages, twoScales, undescribed, withRandomWeights } from './testing/models.js';

beforeAll(() => loadEngine({ quiet: true }));

const models = Object.entries(kinds);

/** The naive loop with the noise that `generate` takes. */
function naive(model: tf.LayersModel, count: number, seed: number, temperature = 1): Promise<Uint8Array> {
  const shape = imageShapeOf(model);
  return ancestralSampling(model, {
    shape,
    count,
    start: new Uint8Array(count * perImage(shape)),
    known: new Uint8Array(count * shape.height * shape.width),
    noise: noiseOf({ seed, first: 0, count, perImage: perImage(shape) }),
    temperature,
    conditions: [],
    guidance: 1,
    onPixels: () => {},
  });
}

describe('generate', () => {
  it.each(models)('draws what the naive loop draws: %s', async (_, build) => {
    const model = withRandomWeights(build());
    expect(await generate(model, { count: 3, seed: 4 })).toEqual(await naive(model, 3, 4));
    const warm = await generate(model, { count: 2, seed: 5, temperature: 2 });
    expect(warm).toEqual(await naive(model, 2, 5, 2));
  });

  it.each(models)('is the same whatever build, batch or number of images: %s', async (_, build) => {
    const model = withRandomWeights(build());
    const size = perImage(imageShapeOf(model));
    const images = await generate(model, { count: 21, seed: 9, build: 'wasm' });
    expect(await generate(model, { count: 21, seed: 9 })).toEqual(images);
    expect(await generate(model, { count: 21, seed: 9, batchSize: 4 })).toEqual(images);
    expect(await generate(model, { count: 5, seed: 9 })).toEqual(images.slice(0, 5 * size));
    expect(await generate(planOf(model), { count: 5, seed: 9 })).toEqual(images.slice(0, 5 * size));
    expect(await generate(model, { count: 21, seed: 10 })).not.toEqual(images);
  });

  it.each(['PixelCNN, 2 levels', 'PixelCNN, 3 colours', 'Row LSTM, MCGSM'])(
    'draws the likeliest levels at the least temperature: %s',
    async (kind) => {
      const model = withRandomWeights((kinds[kind] as () => tf.LayersModel)());
      const coldest = { count: 2, temperature: 1e-20 };
      const images = await generate(model, { ...coldest, seed: 5 });
      expect(await generate(model, { ...coldest, seed: 6 })).toEqual(images);
      expect(await generate(model, { ...coldest, seed: 5, temperature: 1e-8 })).toEqual(images);
      expect(await naive(model, 2, 5, 1e-20)).toEqual(images);
    },
  );

  it('draws images as often as the model says', async () => {
    const tiny = { height: 2, width: 2, colors: 1, levels: 2 };
    const model = withRandomWeights(
      pixelCNN({ ...tiny, blocks: 1, h: 4, headWidth: 5, firstKernel: 3 }),
      3,
      0.8,
    );
    const count = 20_000;
    const images = await generate(model, { count, seed: 5 });
    const every = Uint8Array.from({ length: 64 }, (_, i) => (Math.floor(i / 4) >> (i % 4)) & 1);
    const logits = model.predict(scaleIntensities(every, [16, 2, 2, 1], 2)) as tf.Tensor;
    const probability = logLikelihood(logits, tf.tensor(every, [16, 2, 2, 1], 'int32'), 2)
      .dataSync()
      .map(Math.exp);
    const seen = new Array<number>(16).fill(0);
    for (let i = 0; i < count; i++)
      seen[images.subarray(4 * i, 4 * i + 4).reduce((n, bit, k) => n + (bit << k), 0)]!++;
    const expected = (i: number) => count * (probability[i] as number);
    const chiSquare = seen.reduce((sum, n, i) => sum + (n - expected(i)) ** 2 / expected(i), 0);
    expect(chiSquare).toBeLessThan(37.7); // 15 degrees of freedom, p = 0.001
  });

  it('draws the subsampled image first, then the large one given it', async () => {
    for (const [colors, levels] of [
      [1, 2],
      [3, 5],
    ]) {
      const model = twoScales(colors, levels);
      const images = await generate(model, { count: 3, seed: 2 });
      expect(await generate(multiScaleImage(model), { count: 3, seed: 2 })).toEqual(images);
      const shape = imageShapeOf(model);
      const small = imageShapeOf(model.unconditional);
      const subsampled = await ancestralSampling(model.unconditional, {
        ...{ shape: small, count: 3, temperature: 1, conditions: [], guidance: 1, onPixels: () => {} },
        start: new Uint8Array(3 * perImage(small)),
        known: new Uint8Array(3 * small.height * small.width),
        noise: noiseOf({ seed: 2, first: 0, count: 3, perImage: perImage(small), purposes: ['subsampled'] }),
      });
      const { height, width, channels } = shape;
      expect(subsampleIntensities(images, [3, height, width, channels], 2).intensities).toEqual(subsampled);
      // The large one alone, given the small one, is the naive loop's too.
      const start = images.map((value, i) => {
        const pixel = Math.floor(i / channels) % (height * width);
        return Math.floor(pixel / width) % 2 === 0 && (pixel % width) % 2 === 0 ? value : 0;
      });
      const large = await ancestralSampling(model.conditional, {
        ...{ shape, count: 3, temperature: 1, conditions: [], guidance: 1, onPixels: () => {}, start },
        known: knownAt(shape, 2, new Uint8Array(3 * height * width)),
        noise: noiseOf({ seed: 2, first: 0, count: 3, perImage: perImage(shape) }),
      });
      expect(images).toEqual(large);
      expect(await generate(model.conditional, { count: 3, seed: 2, start })).toEqual(images);
    }
  });

  it('conditions and guides as the naive loop does', async () => {
    const model = withRandomWeights(
      pixelRNN({
        ...{ cell: 'row', height: 4, width: 5, colors: 3, levels: 4, layers: 1, h: 3, headWidth: 5 },
        conditionMaps: 2,
      }),
    );
    const shape = imageShapeOf(model);
    const condition = Float32Array.from({ length: 3 * 4 * 5 * 2 }, (_, i) => Math.sin(i));
    for (const guidance of [1, 0, 2.5]) {
      const images = await generate(model, { count: 3, seed: 8, condition, guidance, batchSize: 2 });
      const expected = await ancestralSampling(model, {
        ...{ shape, count: 3, temperature: 1, conditions: [condition], guidance, onPixels: () => {} },
        start: new Uint8Array(3 * perImage(shape)),
        known: new Uint8Array(3 * shape.height * shape.width),
        noise: noiseOf({ seed: 8, first: 0, count: 3, perImage: perImage(shape) }),
      });
      expect(images).toEqual(expected);
    }
    const file = await compress(model, await generate(model, { count: 3, seed: 8, condition }), {
      condition,
    });
    await expect(decompress(model, file, { condition: condition.map((x) => -x) })).rejects.toMatchObject({
      code: 'other-model',
    });
    const { images } = await decompress(model, file, { condition });
    expect(images).toEqual(await generate(model, { count: 3, seed: 8, condition }));
    await expect(generate(model, { count: 3, seed: 8 })).rejects.toThrow(
      'is conditioned on 40 values an image',
    );
  });

  it('takes a class, or a class for each image', async () => {
    const size = { height: 4, width: 5, colors: 1, levels: 2, layers: 1, filters: 4, headWidth: 5 };
    const model = withRandomWeights(gatedPixelCNN({ ...size, firstKernel: 3, conditionSize: 3 }));
    const shape = imageShapeOf(model);
    const images = await generate(model, { count: 4, seed: 2, condition: [2, 0, 1, 2], guidance: 1.5 });
    const expected = await ancestralSampling(model, {
      ...{ shape, count: 4, temperature: 1, guidance: 1.5, onPixels: () => {} },
      conditions: [Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 1)],
      start: new Uint8Array(4 * 20),
      known: new Uint8Array(4 * 20),
      noise: noiseOf({ seed: 2, first: 0, count: 4, perImage: 20 }),
    });
    expect(images).toEqual(expected);
    const all = await generate(model, { count: 4, seed: 2, condition: 2, guidance: 1.5 });
    expect(all.slice(0, 20)).toEqual(images.slice(0, 20));
    expect(all.slice(60)).toEqual(images.slice(60));
    await expect(generate(model, { count: 1, seed: 2, condition: 3 })).rejects.toThrow(
      'classes 0 to 2, but 3',
    );
  });

  it('says once which layer forces the slow way', async () => {
    const model = undescribed();
    const onWarning = vi.fn();
    const images = await generate(model, { count: 2, seed: 1, onWarning });
    expect(images).toEqual(await naive(model, 2, 1));
    await generate(model, { count: 2, seed: 1, onWarning });
    expect(onWarning).toHaveBeenCalledTimes(1);
    expect(onWarning.mock.calls[0]?.[0]).toContain("layer 'doubling' (TestDoubling)");
  });

  it('keeps the small image that a large model is given, where no plan can be made of the model too', async () => {
    const model = undescribed(twoScales().conditional);
    const start = noisyImages(3 * 24, 2);
    const small = (images: Uint8Array) => subsampleIntensities(images, [3, 4, 6, 1], 2).intensities;
    const warm = { seed: 1, temperature: 50, onWarning: () => {} };
    const images = await generate(model, { ...warm, count: 3, start });
    expect(small(images)).toEqual(small(start));
    expect(images).not.toEqual(start);
    const known = new Uint8Array(24);
    expect(await complete(model, { ...warm, images: start, known })).toEqual(images);
    await expect(generate(model, { count: 3, seed: 1 })).rejects.toThrow('is given one pixel of every 2 x 2');
  });

  it('reports its progress up to the end', async () => {
    const model = withRandomWeights((kinds['PixelCNN, 2 levels'] as () => tf.LayersModel)());
    const done: number[] = [];
    const totals = new Set<number>();
    await generate(model, {
      count: 7,
      seed: 1,
      batchSize: 3,
      onProgress: (progress) => {
        done.push(progress.done);
        totals.add(progress.total);
      },
    });
    expect([...totals]).toEqual([7 * 30]);
    expect(done).toEqual([...done].sort((a, b) => a - b));
    expect(done.at(-1)).toBe(7 * 30);
    expect(done.length).toBeGreaterThan(2);
  });

  it.each(['auto', 'wasm'] as const)('ends where its signal is aborted: %s', async (build) => {
    const model = withRandomWeights((kinds['Row LSTM, 2 levels'] as () => tf.LayersModel)());
    const controller = new AbortController();
    const drawing = generate(model, {
      count: 4,
      seed: 1,
      build,
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(drawing).rejects.toThrow('enough');
    const gone = generate(model, { count: 4, seed: 1, build, signal: controller.signal });
    await expect(gone).rejects.toThrow('enough');
  });

  it('lets a timer abort the slow way, in the middle of a batch too', async () => {
    const model = undescribed();
    for (const batchSize of [1, 4000]) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(new Error('enough')), 100);
      const { signal } = controller;
      const rows: number[] = [];
      const drawing = generate(model, {
        ...{ count: 4000, seed: 1, batchSize, signal, onWarning: () => {} },
        onProgress: ({ done }) => void rows.push(done),
      }).then(({ length }) => length);
      await expect(drawing).rejects.toThrow('enough');
      expect(Math.max(0, ...rows)).toBeLessThan(4000 * 30);
    }
  });

  it("takes the signal of a notebook's cell", async () => {
    const model = withRandomWeights((kinds['PixelCNN, 2 levels'] as () => tf.LayersModel)());
    const key = Symbol.for('jupyter.cellSignal');
    vi.stubGlobal(key as unknown as string, AbortSignal.abort(new Error('cell interrupted')));
    try {
      await expect(generate(model, { count: 1, seed: 1 })).rejects.toThrow('cell interrupted');
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('leaves no tensor behind', async () => {
    const model = withRandomWeights((kinds['PixelCNN, 3 colours'] as () => tf.LayersModel)());
    const before = tf.memory().numTensors;
    await generate(model, { count: 2, seed: 1 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
