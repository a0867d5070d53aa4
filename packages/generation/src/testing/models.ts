import { gatedPixelCNN, type MultiScaleModel, multiScale, pixelCNN, pixelRNN } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';

/**
 * For tests: weights that are not zero anywhere, biases and initial states too, so that every term counts. Uniform ones need no
 * logarithm or cosine, which may differ between machines.
 */
export function withRandomWeights<T extends tf.LayersModel>(
  model: T,
  seed = 1,
  scale = 0.4,
  distribution: 'normal' | 'uniform' = 'normal',
): T {
  const random = new Random(seed).split('test weights');
  tf.tidy(() => {
    model.setWeights(
      model.getWeights().map((weight) => {
        const values = Float32Array.from({ length: weight.size }, () =>
          distribution === 'normal' ? scale * random.normal() : scale * (4 * random.uniform() - 2),
        );
        return tf.tensor(values, weight.shape);
      }),
    );
  });
  return model;
}

const size = { height: 5, width: 6, headWidth: 6, firstKernel: 3 };

/** For tests: every kind of model, tiny, in 1 and 3 colours, of few and of many levels. */
export const kinds: Record<string, () => tf.LayersModel> = {
  'PixelCNN, 2 levels': () => pixelCNN({ ...size, colors: 1, levels: 2, blocks: 2, h: 3 }),
  'PixelCNN, 3 colours': () => pixelCNN({ ...size, colors: 3, levels: 7, blocks: 2, h: 4 }),
  'Row LSTM, 2 levels': () => pixelRNN({ ...size, cell: 'row', colors: 1, levels: 2, layers: 2, h: 3 }),
  'Row LSTM, 3 colours, skip': () =>
    pixelRNN({ ...size, cell: 'row', colors: 3, levels: 5, layers: 2, h: 4, skip: true }),
  'Row LSTM, MCGSM': () =>
    pixelRNN({ ...size, cell: 'row', colors: 3, levels: 16, layers: 1, h: 4, distribution: 'mcgsm' }),
  'Diagonal BiLSTM, 2 levels': () =>
    pixelRNN({ ...size, cell: 'diagonal', colors: 1, levels: 2, layers: 2, h: 3 }),
  'Diagonal BiLSTM, 3 colours, no residual': () =>
    pixelRNN({ ...size, cell: 'diagonal', colors: 3, levels: 256, layers: 2, h: 4, residual: false }),
  'Gated PixelCNN, 2 levels': () => gatedPixelCNN({ ...size, colors: 1, levels: 2, layers: 2, filters: 4 }),
  'Gated PixelCNN, 3 colours, skip': () =>
    gatedPixelCNN({ ...size, colors: 3, levels: 6, layers: 1, filters: 6, skip: true }),
};

/** For tests: a model of two scales with random weights. */
export function twoScales(colors = 1, levels = 2): MultiScaleModel {
  const network = { cell: 'row', layers: 1, h: 3, headWidth: 5, firstKernel: 3 } as const;
  const model = multiScale({
    height: 4,
    width: 6,
    colors,
    levels,
    stride: 2,
    conditionMaps: 2,
    unconditional: network,
    conditional: { ...network, cell: 'diagonal' },
  });
  withRandomWeights(model.unconditional, 2);
  withRandomWeights(model.conditional, 3);
  return model;
}

/** A layer of a researcher that does not say what it is. */
class Doubling extends tf.layers.Layer {
  static readonly className = 'TestDoubling';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.mul(2, Array.isArray(inputs) ? (inputs[0] as tf.Tensor) : inputs);
  }

  override computeOutputShape(shape: tf.Shape): tf.Shape {
    return shape;
  }
}
tf.serialization.registerClass(Doubling);

/** For tests: a model, by default a PixelCNN, with a layer at its end that cannot be described. */
export function undescribed(model = kinds['PixelCNN, 2 levels']?.() as tf.LayersModel): tf.LayersModel {
  const outputs = new Doubling({ name: 'doubling' }).apply(model.outputs[0] as tf.SymbolicTensor);
  return withRandomWeights(tf.model({ inputs: model.inputs, outputs: outputs as tf.SymbolicTensor }));
}

/** Intensities that look like noise: [count x perImage]. */
export function noisyImages(length: number, levels: number, seed = 1): Uint8Array {
  const random = new Random(seed).split('test images');
  return Uint8Array.from({ length }, () => random.integer(levels));
}
