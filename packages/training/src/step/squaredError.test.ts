import { loadEngine } from '@pixelrnn/engine';
import { expectedPixels } from '@pixelrnn/metrics';
import { mseAutoencoder, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate.js';
import { stripes } from '../testing/stripes.js';
import { tinyData, tinyModel, tinyOptions } from '../testing/tinyRun.js';
import { train } from '../train.js';
import { LossAndGradients } from './lossAndGradients.js';
import { type Loss, trainableVariables } from './objective.js';

beforeAll(() => loadEngine({ quiet: true }));

const data = stripes(64);
const autoencoder = () => {
  const sizes = { height: 6, width: 6, colors: 1, levels: 2, codeSize: 4, encoderLayers: 1 };
  return mseAutoencoder({ ...sizes, encoderFilters: 4, seed: 1 }).autoencoder;
};

/** The mean over the whole dataset, by its definition. */
function squaredError(model: tf.LayersModel): number {
  return tf.tidy(() => {
    const { intensities, shape } = [...data.sequentialBatches(64)][0]!;
    const x = scaleIntensities(intensities, shape, 2);
    const mean = expectedPixels(model.predict(x) as tf.Tensor, 2);
    return tf.div(tf.sum(tf.square(tf.sub(mean, x))), 64).dataSync()[0] as number;
  });
}

describe('loss mse', () => {
  it.each([2, 4])('is the squared error of the mean, summed over an image of %d levels', (levels) => {
    const logits = levels === 2 ? [Math.log(3), 0] : [0, 0, -50, -50, -50, -50, -50, 0]; // means below
    const means = levels === 2 ? [0.5, 0] : [-2 / 3, 1];
    const shape = levels === 2 ? [1, 2, 1] : [1, 2, 1, levels];
    const pixels = tf.input({ shape: [1, 2, 1] });
    const given = tf.layers.flatten().apply(pixels) as tf.SymbolicTensor;
    const dense = tf.layers.dense({ units: logits.length, kernelInitializer: 'zeros' });
    const outputs = tf.layers.reshape({ targetShape: shape }).apply(dense.apply(given) as tf.SymbolicTensor);
    const model = tf.model({ inputs: pixels, outputs: outputs as tf.SymbolicTensor });
    dense.setWeights([tf.zeros([2, logits.length]), tf.tensor1d(logits)]);
    const variables = trainableVariables(model);
    const at = (loss: Loss) =>
      new LossAndGradients({ model, variables, levels, loss }).at(
        [tf.zeros([1, 1, 2, 1])],
        tf.tensor4d([levels - 1, 0], [1, 1, 2, 1], 'int32'), // 1 and -1
      );
    const expected = (1 - (means[0] as number)) ** 2 + (-1 - (means[1] as number)) ** 2;
    expect(at('mse').loss.dataSync()[0]).toBeCloseTo(expected, 5);
    expect(at('mse').gradients.map(({ shape }) => shape)).toEqual(variables.map(({ shape }) => shape));
    expect(at('nll').loss.dataSync()[0]).not.toBeCloseTo(expected, 2);
  });

  it('trains an auto-encoder, whose log has squared errors, and validations in nats', async () => {
    const model = autoencoder();
    const before = squaredError(model);
    const options = { ...tinyOptions, optimizer: 'adam', steps: 200, logEvery: 100, loss: 'mse' } as const;
    const { history } = await train(model, { ...options, validateEvery: 100 }, { train: data, valid: data });
    const after = squaredError(model);
    expect(after).toBeLessThan(before / 2);
    const losses = history.filter(({ squaredError }) => squaredError !== undefined);
    expect(losses.map(({ step }) => step)).toEqual([100, 200]);
    expect(losses.every(({ train }) => train === undefined)).toBe(true);
    expect(losses[1]?.squaredError).toBeGreaterThan(0.5 * after);
    expect(losses[1]?.squaredError).toBeLessThan(2 * after + 1);
    const valid = history.findLast(({ valid }) => valid !== undefined)?.valid;
    expect(valid).toBeCloseTo((await evaluate(model, data)).nats, 3);
    model.dispose();
  });

  it('is another run than the likelihood, which stays the default', async () => {
    const weights = async (options: { loss?: 'nll' | 'mse' }) => {
      const model = tinyModel(3);
      await train(model, { ...tinyOptions, ...options }, tinyData);
      return model.getWeights().map((weight) => [...weight.dataSync()]);
    };
    const likelihood = await weights({});
    expect(await weights({ loss: 'nll' })).toEqual(likelihood);
    expect(await weights({ loss: 'mse' })).not.toEqual(likelihood);
  });
});
