import { seededGlorotUniform, stridedConv2d } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { gatedPixelCNN, gatedPixelCNNSchema } from './gatedPixelCNN.js';
import { parseOptions } from './parseOptions.js';

const positive = z.int().positive();

const encoderSchema = z.strictObject({
  /** Numbers of the code, m: 10 and 100 in the paper. */
  codeSize: positive,
  /** Convolutions of the encoder, each of which halves height and width. */
  encoderLayers: positive.default(3),
  /** Maps of the encoder's first convolution; each later one has twice as many as the one before. */
  encoderFilters: positive.default(16),
});

export const pixelCNNAutoencoderSchema = gatedPixelCNNSchema
  .omit({ conditionSize: true, conditionMaps: true })
  .extend(encoderSchema.shape);

export type PixelCNNAutoencoderOptions = z.input<typeof pixelCNNAutoencoderSchema>;

/** One network, three views of it: they share their weights. */
export interface PixelCNNAutoencoder {
  /** Scaled pixels [B, H, W, C] to the logits of the same image given its code; what is trained. */
  autoencoder: tf.LayersModel;
  /** Scaled pixels [B, H, W, C] to codes [B, m]. */
  encoder: tf.LayersModel;
  /** Scaled pixels [B, H, W, C] and codes [B, m] to logits: a Gated PixelCNN, which samples images for a code. */
  decoder: tf.LayersModel;
}

/**
 * PixelCNN auto-encoder (1606.05328, section 2.4): a convolutional encoder to m numbers, and a conditional Gated PixelCNN
 * in place of the decoder, trained end to end by the negative log-likelihood of the image given its code.
 *
 * The paper does not give the encoder's layers; here 3x3 convolutions with stride 2 and ReLU, then a linear map to the code.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function pixelCNNAutoencoder(options: PixelCNNAutoencoderOptions): PixelCNNAutoencoder {
  const o = parseOptions('pixelCNNAutoencoder', pixelCNNAutoencoderSchema, options);
  const { codeSize, encoderLayers, encoderFilters, ...gated } = o;
  const encoder = imageEncoder({ ...o, codeSize, encoderLayers, encoderFilters });
  const decoder = gatedPixelCNN({ ...gated, conditionSize: codeSize });
  decoder.name = 'decoder';
  const pixels = tf.input({ shape: [o.height, o.width, o.colors], name: 'image' });
  const code = encoder.apply(pixels) as tf.SymbolicTensor;
  const outputs = decoder.apply([pixels, code]) as tf.SymbolicTensor;
  return {
    autoencoder: tf.model({ inputs: pixels, outputs, name: 'PixelCNNAutoencoder' }),
    encoder,
    decoder,
  };
}

/** The two views of a {@link pixelCNNAutoencoder} that was loaded. @throws Error where the model is no auto-encoder */
export function viewsOf(autoencoder: tf.LayersModel): PixelCNNAutoencoder {
  const view = (name: string) => {
    const found = autoencoder.layers.find((layer) => layer.name === name);
    if (found instanceof tf.LayersModel) return found;
    throw new Error(
      `expected a model of pixelCNNAutoencoder, with a part named ${name}, got ${autoencoder.name}`,
    );
  };
  return { autoencoder, encoder: view('encoder'), decoder: view('decoder') };
}

type EncoderOptions = z.output<typeof encoderSchema> & {
  height: number;
  width: number;
  colors: number;
  seed: number;
};

/** The encoder alone: scaled pixels [B, H, W, C] to codes [B, m]. */
export function imageEncoder(o: EncoderOptions): tf.LayersModel {
  const { seed } = o;
  const pixels = tf.input({ shape: [o.height, o.width, o.colors], name: 'encoded' });
  let x = pixels;
  for (let i = 0; i < o.encoderLayers; i++) {
    const layer = stridedConv2d({
      filters: o.encoderFilters * 2 ** i,
      kernelSize: 3,
      stride: 2,
      activation: 'relu',
      seed,
      name: `encoder${i + 1}`,
    });
    x = layer.apply(x) as tf.SymbolicTensor; // [B, ceil(H / 2^(i + 1)), ceil(W / 2^(i + 1)), encoderFilters 2^i]
  }
  const flat = tf.layers.flatten({ name: 'flat' }).apply(x) as tf.SymbolicTensor;
  const dense = tf.layers.dense({ units: o.codeSize, kernelInitializer: 'zeros', name: 'code' });
  const code = dense.apply(flat) as tf.SymbolicTensor; // [B, m]
  const size = flat.shape[1] as number;
  const fans = { fanIn: size, fanOut: o.codeSize, seed, purpose: 'code' };
  tf.tidy(() => {
    const kernel = tf.tensor2d(seededGlorotUniform(size * o.codeSize, fans), [size, o.codeSize]);
    dense.setWeights([kernel, tf.zeros([o.codeSize])]);
  });
  return tf.model({ inputs: pixels, outputs: code, name: 'encoder' });
}
