import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PixelCNNOptions, pixelCNN } from './pixelCNN.js';
import { pixelCNNSteps } from './testing/expectedContext.js';
import { dependencies, everyLogLikelihood, expectDependencies } from './testing/proofs.js';
import { saveAndLoad } from './testing/saveAndLoad.js';

beforeAll(() => loadEngine({ quiet: true }));

const tiny: PixelCNNOptions = {
  height: 4,
  width: 5,
  colors: 1,
  levels: 2,
  blocks: 2,
  h: 4,
  headWidth: 6,
  firstKernel: 3,
};

describe('dependence of every logit on every input', () => {
  it.each([
    ['one colour', tiny],
    ['one colour, 7 x 7, more blocks than rows', { ...tiny, firstKernel: 7, blocks: 5 }],
    ['three colours', { ...tiny, colors: 3, levels: 4, h: 5, headWidth: 7 }],
    [
      'three colours, two levels, 3 x 3 pixels',
      { ...tiny, colors: 3, height: 3, width: 3, h: 3, headWidth: 3 },
    ],
    ['three colours, no blocks', { ...tiny, colors: 3, levels: 3, blocks: 0, h: 4, headWidth: 5 }],
  ] as [string, PixelCNNOptions][])('is what the masks allow, no more and no less: %s', (_, options) => {
    const model = pixelCNN(options);
    expectDependencies(model, options, pixelCNNSteps(options));
    model.dispose();
  });

  it('has the blind spot of section 1 of the Gated paper: far up right is out of reach', () => {
    const options = { ...tiny, height: 5, width: 5, blocks: 1 };
    const model = pixelCNN(options);
    const seen = dependencies(model, options, { row: 4, column: 1, color: 0 });
    const at = (row: number, column: number) => seen[row * 5 + column];
    expect([at(3, 2), at(2, 3)]).toEqual([1, 1]); // one step right for every step up
    expect([at(3, 3), at(3, 4), at(2, 4)]).toEqual([0, 0, 0]);
    model.dispose();
  });
});

describe('the likelihood', () => {
  it.each([
    ['2 levels, 3 x 3 x 1', { ...tiny, height: 3, width: 3 }],
    ['4 levels, 1 x 2 x 3', { ...tiny, height: 1, width: 2, colors: 3, levels: 4, h: 5, headWidth: 7 }],
    ['2 levels, 1 x 2 x 3', { ...tiny, height: 1, width: 2, colors: 3, h: 4, headWidth: 4 }],
  ] as [string, PixelCNNOptions][])('sums to 1 over every image: %s', (_, options) => {
    const { height, width, colors, levels } = options;
    const model = pixelCNN({ ...options, seed: 5 });
    model.setWeights(
      model.getWeights().map((weight, i) => tf.mul(tf.randomNormal(weight.shape, 0, 1, 'float32', i), 0.7)),
    );
    const nats = everyLogLikelihood(model, { height, width, colors, levels });
    expect(nats.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 5);
    expect(Math.max(...nats) - Math.min(...nats)).toBeGreaterThan(1); // not the uniform distribution
    model.dispose();
  });
});

describe('the model', () => {
  it('has the shapes and parameters of Table 1', () => {
    // 7x7 to 2h; per block 2h h + h, 9 h h + h, h 2h + 2h; head; projection to 1 logit.
    const mnist = pixelCNN({ height: 28, width: 28, colors: 1, levels: 2, blocks: 7, h: 16, headWidth: 32 });
    const block = 32 * 16 + 16 + 9 * 16 * 16 + 16 + 16 * 32 + 32;
    expect(mnist.countParams()).toBe(49 * 32 + 32 + 7 * block + 2 * (32 * 32 + 32) + 32 + 1);
    expect(mnist.outputs[0]?.shape).toEqual([null, 28, 28, 1]);
    mnist.dispose();
    const color = pixelCNN({ height: 6, width: 4, colors: 3, levels: 256, blocks: 1, h: 4, headWidth: 10 });
    expect(color.outputs[0]?.shape).toEqual([null, 6, 4, 3, 256]);
    const parameters =
      49 * 3 * 8 + 8 + (8 * 4 + 4 + 9 * 16 + 4 + 4 * 8 + 8) + (8 * 10 + 10) + (100 + 10) + (10 * 768 + 768);
    expect(color.countParams()).toBe(parameters);
    color.dispose();
  });

  it('survives save and load, with equal outputs', async () => {
    const options = { ...tiny, colors: 3, levels: 4, seed: 9 };
    const model = pixelCNN(options);
    const loaded = await saveAndLoad(model);
    const input = tf.randomUniform([2, 4, 5, 3], -1, 1, 'float32', 3);
    expect((loaded.predict(input) as tf.Tensor).dataSync()).toEqual(
      (model.predict(input) as tf.Tensor).dataSync(),
    );
    expect(loaded.countParams()).toBe(model.countParams());
    model.dispose();
    loaded.dispose();
  });

  it('is the same for the same seed, another for another', () => {
    const weights = (seed: number) => {
      const model = pixelCNN({ ...tiny, seed });
      const values = model.getWeights().map((weight) => [...weight.dataSync()]);
      model.dispose();
      return values;
    };
    expect(weights(1)).toEqual(weights(1));
    expect(weights(1)).not.toEqual(weights(2));
  });

  it('runs on widths of 1 and 2, a batch of one and a single pixel', () => {
    for (const options of [
      { ...tiny, h: 1, headWidth: 1 },
      { ...tiny, width: 1, h: 2, headWidth: 1 },
      { ...tiny, height: 1, width: 1 },
      { ...tiny, height: 1, width: 2, colors: 3, levels: 256, h: 1, headWidth: 2 },
    ]) {
      const model = pixelCNN(options);
      const { height, width, colors, levels } = options;
      const output = model.predict(tf.zeros([1, height, width, colors])) as tf.Tensor;
      expect(output.shape).toEqual([1, height, width, colors, levels].slice(0, levels === 2 ? 4 : 5));
      expect(output.isNaN().any().dataSync()[0]).toBe(0);
      model.dispose();
    }
  });

  it('names every option at fault', () => {
    const wrong = { ...tiny, h: 0, levels: 300, kernelSize: 4, depth: 3 } as PixelCNNOptions;
    expect(() => pixelCNN(wrong)).toThrow(
      'pixelCNN: levels: expected a number up to 256, got 300; h: expected a number above 0, got 0; ' +
        'kernelSize: must be odd, got 4; depth: unknown, expected one of height, width,',
    );
    expect(() => pixelCNN({ ...tiny, height: '6' as unknown as number })).toThrow(
      'pixelCNN: height: expected a number, got "6"',
    );
    expect(() => pixelCNN({ ...tiny, seed: -1 })).toThrow('pixelCNN: seed: expected a number from 0, got -1');
  });
});
