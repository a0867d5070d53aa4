import { parseOptions } from '@pixelrnn/kernels/options';
import * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import { gatedPixelCNN, gatedPixelCNNSchema } from './gatedPixelCNN.js';
import { encoderSchema, imageEncoder } from './imageEncoder.js';

/** Options of {@link pixelCNNAutoencoder}: those of `gatedPixelCNN` without conditions, and the encoder's. */
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

/** The two views of an auto-encoder that was loaded, of {@link pixelCNNAutoencoder} or `mseAutoencoder`. @throws Error where the model is no auto-encoder */
export function viewsOf(autoencoder: tf.LayersModel): PixelCNNAutoencoder {
  const view = (name: string) => {
    const found = autoencoder.layers.find((layer) => layer.name === name);
    if (found instanceof tf.LayersModel) return found;
    throw new Error(
      `expected a model of pixelCNNAutoencoder or mseAutoencoder, with a part named ${name}, got ${autoencoder.name}`,
    );
  };
  return { autoencoder, encoder: view('encoder'), decoder: view('decoder') };
}
