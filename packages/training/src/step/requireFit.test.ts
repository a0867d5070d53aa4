import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { maskedConv2d } from '@pixelrnn/layers';
import { gatedPixelCNN, mseAutoencoder, pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate.js';
import { stripes } from '../testing/stripes.js';
import { tinyModel, tinyOptions } from '../testing/tinyRun.js';
import { train } from '../train.js';
import { requireFit } from './requireFit.js';

beforeAll(() => loadEngine({ quiet: true }));

const data = stripes(4);
const size = { height: 6, width: 6, colors: 1, levels: 2, headWidth: 4, firstKernel: 3 };

/** One convolution from pixels to logits. */
function convolution(maskType: 'A' | 'B'): tf.LayersModel {
  const input = tf.input({ shape: [6, 6, 1] });
  const layer = maskedConv2d({ filters: 1, kernelSize: 3, maskType, colors: 1 });
  return tf.model({ inputs: input, outputs: layer.apply(input) as tf.SymbolicTensor, name: 'convolution' });
}

describe('a model and a dataset', () => {
  it('fit where sizes, levels and labels do', () => {
    requireFit(tinyModel(), data);
    requireFit(convolution('A'), data);
    requireFit(gatedPixelCNN({ ...size, layers: 1, filters: 2, conditionSize: 3 }), data, {
      condition: 'none',
    });
    const { name, kind, height, width, channels, images } = data;
    const grey = new ImageDataset({ name, kind, height, width, channels, images, levels: 16 });
    requireFit(pixelCNN({ ...size, levels: 16, blocks: 1, h: 2 }), grey);
  });

  it.each<[string, () => tf.LayersModel, () => ImageDataset, string]>([
    [
      'another size',
      tinyModel,
      () => stripes(4, { side: 8 }),
      'takes images of 6 x 6 x 1, but stripes has images of 8 x 8 x 1 (height x width x colours): build the model',
    ],
    [
      'other levels',
      () => pixelCNN({ ...size, levels: 256, blocks: 1, h: 2 }),
      () => data,
      'has logits of 256 levels, but stripes has intensities of 2 levels: build the model with levels: 2',
    ],
    [
      'no labels',
      () => gatedPixelCNN({ ...size, layers: 1, filters: 2, conditionSize: 3 }),
      () => data,
      'is conditioned on 3 classes, but stripes has no labels',
    ],
  ])('with %s are refused', (_, model, dataset, message) => {
    expect(() => requireFit(model(), dataset())).toThrow(message);
  });

  it.each<[string, unknown, string]>([
    ['splits', { train: data, valid: data, test: data }, 'got an object of train, valid, test.'],
    ['bytes', data.images, 'got an object of the class Uint8Array.'],
    ['nothing', undefined, 'got undefined.'],
  ])('that is %s says what was expected', async (_, given, message) => {
    await expect(evaluate(tinyModel(), given as ImageDataset)).rejects.toThrow(
      `Expected images as an ImageDataset, such as one of the splits \`train\`, \`valid\` and \`test\` of @pixelrnn/data, ${message}`,
    );
  });

  it('are both needed', async () => {
    await expect(evaluate('table4' as never, data)).rejects.toThrow(
      'Expected a model (tf.LayersModel), got table4.',
    );
    await expect(train(tinyModel(), tinyOptions, { train: data } as never)).rejects.toThrow('got undefined.');
    await expect(train(tinyModel(), tinyOptions, undefined as never)).rejects.toThrow(
      'train expects a model, options and the data, { train, valid }; the data came as undefined.',
    );
  });
});

describe('a model that is not causal', () => {
  it('has no likelihood, where its layers say what they read', async () => {
    const message =
      /^convolution has no likelihood, for it is not causal \(plan: .*which is not drawn yet.*\): begin with mask A/;
    await expect(evaluate(convolution('B'), data)).rejects.toThrow(message);
    await expect(train(convolution('B'), tinyOptions, { train: data, valid: data })).rejects.toThrow(message);
  });

  it('may be an auto-encoder, whose likelihood is that of an image given its code', () => {
    const { height, width, colors, levels } = size;
    const { autoencoder } = mseAutoencoder({
      ...{ height, width, colors, levels, codeSize: 2 },
      ...{ encoderLayers: 1, encoderFilters: 2 },
    });
    expect(() => requireFit(autoencoder, data)).not.toThrow();
  });
});
