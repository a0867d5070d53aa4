import { loadEngine } from '@pixelrnn/engine';
import { claimedContext } from '@pixelrnn/layers';
import { logLikelihood } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type MultiScaleModel,
  type MultiScaleOptions,
  multiScale,
  multiScaleImage,
  scalesOf,
  subsampleIntensities,
} from './multiScale.js';
import { planOf } from './planOf.js';
import { scaleIntensities } from './scaleIntensities.js';
import { expectedContext, pixelRNNSteps } from './testing/expectedContext.js';
import { dependencies, everyImage, expectDependencies, forEachOutput } from './testing/proofs.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const network = { cell: 'diagonal', layers: 1, h: 3, headWidth: 4, firstKernel: 3 } as const;
const tiny: MultiScaleOptions = {
  height: 4,
  width: 2,
  colors: 1,
  levels: 2,
  stride: 2,
  conditionMaps: 2,
  unconditional: network,
  conditional: { ...network, cell: 'row' },
};

function randomWeights({ unconditional, conditional }: MultiScaleModel): void {
  for (const model of [unconditional, conditional]) {
    model.setWeights(
      model.getWeights().map((weight, i) => tf.randomNormal(weight.shape, 0, 0.7, 'float32', i + 1)),
    );
  }
}

/** log p(x) = log p(subsampled x) + log p(the rest of x, given that), of every image. */
function everyLogLikelihood(models: MultiScaleModel, { height, width, colors, levels }: MultiScaleOptions) {
  const images = everyImage(height * width * colors, levels);
  const shape: [number, number, number, number] = [
    images.length / (height * width * colors),
    height,
    width,
    colors,
  ];
  const small = subsampleIntensities(images, shape, models.stride);
  const nats = (model: tf.LayersModel, intensities: Uint8Array, size: [number, number, number, number]) => {
    const output = model.apply(scaleIntensities(intensities, size, levels)) as tf.Tensor;
    return logLikelihood(output, tf.tensor(intensities, size, 'int32'), levels);
  };
  return tf.tidy(() => {
    const ofSmall = nats(models.unconditional, small.intensities, small.shape);
    const ofRest = nats(models.conditional, images, shape);
    const values = (nats: tf.Tensor) => [...nats.dataSync()];
    return { total: values(tf.add(ofSmall, ofRest)), rest: values(ofRest), small: small.intensities };
  });
}

describe('multiScale', () => {
  it.each([
    ['2 levels, 4 x 2 x 1', tiny],
    ['2 levels, 2 x 2 x 3', { ...tiny, height: 2, colors: 3, conditional: network }],
    ['3 levels, 2 x 4 x 1', { ...tiny, height: 2, width: 4, levels: 3 }],
  ])('is a distribution over whole images: %s', (_, options) => {
    const models = multiScale(options);
    randomWeights(models);
    const { total, rest, small } = everyLogLikelihood(models, options);
    expect(total.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 4);
    // The rest alone sums to 1 for each subsampled image.
    const size = small.length / total.length;
    const sums = new Map<string, number>();
    rest.forEach((value, i) => {
      const key = small.slice(i * size, (i + 1) * size).join();
      sums.set(key, (sums.get(key) ?? 0) + Math.exp(value));
    });
    expect(sums.size).toBe(options.levels ** size);
    for (const sum of sums.values()) expect(sum).toBeCloseTo(1, 4);
  });

  it('reads earlier pixels and the subsampled image, nothing else, and gives known pixels the probability 1', () => {
    const options = { ...tiny, height: 4, width: 4 };
    const models = multiScale(options);
    const seen = dependencies(models.conditional, options, { row: 1, column: 1, color: 0 });
    expect([...seen]).toEqual([
      1,
      1,
      1,
      0, // (0, 3) is beyond the reach of the Row LSTM's triangle and not in the subsampled image
      1,
      0,
      0,
      0,
      1,
      0,
      1,
      0,
      0,
      0,
      0,
      0,
    ]);
    const images = scaleIntensities(
      Uint8Array.from({ length: 16 }, (_, i) => (i * 7) % 2),
      [1, 4, 4, 1],
      2,
    );
    const probability = tf.sigmoid(models.conditional.apply(images) as tf.Tensor).dataSync();
    for (const i of [0, 2, 8, 10]) expect(probability[i]).toBeCloseTo((i * 7) % 2, 7);
  });

  it.each([
    ['2 levels, 4 x 2 x 1', tiny],
    ['3 levels, 2 x 4 x 1', { ...tiny, height: 2, width: 4, levels: 3 }],
  ])('is one model of the whole image: %s', async (_, options) => {
    const { height, width, colors, levels } = options;
    const models = multiScale(options);
    randomWeights(models);
    const model = multiScaleImage(models);
    const { total } = everyLogLikelihood(models, options);
    const images = everyImage(height * width * colors, levels);
    const shape: [number, number, number, number] = [total.length, height, width, colors];
    const nats = (whole: tf.LayersModel) =>
      tf.tidy(() => {
        const output = whole.apply(scaleIntensities(images, shape, levels)) as tf.Tensor;
        return [...logLikelihood(output, tf.tensor(images, shape, 'int32'), levels).dataSync()];
      });
    const joined = nats(model);
    for (const [i, value] of total.entries()) expect(joined[i]).toBeCloseTo(value, 4);
    // The weights have names of their own: what was saved comes back, and so do the two networks.
    const loaded = await saveAndLoad(model);
    expect(nats(loaded)).toEqual(joined);
    const parts = scalesOf(loaded);
    expect(parts.stride).toBe(options.stride);
    expect(everyLogLikelihood(parts, options).total).toEqual(total);
    expect(() => planOf(model)).toThrow(
      "'MultiScale' is a model inside MultiScaleImage, expected layers alone; the networks of a multi-scale model (scalesOf)",
    );
    expect(planOf(parts.conditional).knownStride).toBe(options.stride);
    expect(planOf(parts.unconditional).steps.length).toBe(planOf(models.unconditional).steps.length);
    expect(() => scalesOf(models.conditional)).toThrow(
      'expected a model made by multiScaleImage, got MultiScale',
    );
    expect(() => multiScaleImage(model as unknown as MultiScaleModel)).toThrow(
      'multiScaleImage: expected both networks, as multiScale or scalesOf gives them, got a ',
    );
  });

  it.each([
    ['one colour, Row LSTM', { ...tiny, height: 4, width: 4 }],
    ['three colours, Diagonal BiLSTM', { ...tiny, height: 4, width: 2, colors: 3, conditional: network }],
  ])(
    'reads the pixels that are known and what its network reads, by gradient and by plan: %s',
    (_, options) => {
      const { conditional, unconditional } = multiScale(options);
      const { height, width, colors, stride, unconditional: small } = options;
      expectDependencies(
        unconditional,
        { height: height / stride, width: width / stride, colors },
        pixelRNNSteps(small),
      );
      const plan = planOf(conditional);
      forEachOutput(options, (output) => {
        const { row, column } = output;
        if (row % stride === 0 && column % stride === 0) return;
        const expected = expectedContext(pixelRNNSteps(options.conditional), options, output);
        forEachOutput(options, (input) => {
          const known = input.row % stride === 0 && input.column % stride === 0;
          if (known) expected[(input.row * width + input.column) * colors + input.color] = 1;
        });
        expect(dependencies(conditional, options, output)).toEqual(expected);
        expect(claimedContext(plan, output)).toEqual(expected);
      });
      // A known pixel's output is what was given.
      const given = new Uint8Array(height * width * colors);
      given[colors - 1] = 1;
      expect(claimedContext(plan, { row: 0, column: 0, color: colors - 1 })).toEqual(given);
    },
  );

  it('looks as far into the subsampled image as its upsampling does', () => {
    const options = { ...tiny, height: 2, width: 16 };
    const { conditional } = multiScale(options);
    const output = { row: 1, column: 7, color: 0 };
    // The Row LSTM reads the condition at columns 6 to 8, the 5 of the transposed convolution make it 4 to 10, the 3 of the
    // first one 2 to 12; at columns 6 and 8 the first convolution reads the row above.
    const seen = [...claimedContext(planOf(conditional), output)].flatMap((value, i) => (value ? [i] : []));
    expect(seen.filter((i) => i % 2 === 0 && i < 16)).toEqual([2, 4, 6, 8, 10, 12]);
    expect([...dependencies(conditional, options, output)].flatMap((value, i) => (value ? [i] : []))).toEqual(
      seen,
    );
  });

  it('takes pixels from the first, every stride-th', () => {
    const images = Uint8Array.from({ length: 32 }, (_, i) => i);
    expect(() => subsampleIntensities(images, [2, 4, 4, 1], 3)).toThrow(
      'subsampleIntensities: expected height and width divisible by the stride, got [2,4,4,1] and 3',
    );
    const { intensities, shape } = subsampleIntensities(images, [2, 4, 4, 1], 2);
    expect(shape).toEqual([2, 2, 2, 1]);
    expect([...intensities]).toEqual([0, 2, 8, 10, 16, 18, 24, 26]);
  });

  it('survives save and load, with equal outputs', async () => {
    const { conditional } = multiScale({
      ...tiny,
      height: 8,
      width: 8,
      colors: 3,
      levels: 4,
      stride: 4,
      conditional: network,
    });
    const loaded = await saveAndLoad(conditional);
    const input = tf.randomUniform([2, 8, 8, 3], -1, 1, 'float32', 3);
    expect((loaded.predict(input) as tf.Tensor).dataSync()).toEqual(
      (conditional.predict(input) as tf.Tensor).dataSync(),
    );
  });

  it('names options at fault', () => {
    expect(() => multiScale({ ...tiny, height: 5 })).toThrow(
      'multiScale: height and width must divide by the stride, got 5 x 2 and 2',
    );
    expect(() => multiScale({ ...tiny, stride: 3 as 2 })).toThrow(
      'multiScale: stride: expected 2, 4, 8 or 16, got 3',
    );
    const layers = { ...tiny.conditional, layers: 0 };
    expect(() => multiScale({ ...tiny, conditional: layers })).toThrow(
      'multiScale: conditional.layers: expected a number above 0, got 0',
    );
  });
});
