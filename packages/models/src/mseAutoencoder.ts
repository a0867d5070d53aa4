import { parseOptions, positive, seed } from '@pixelrnn/kernels/options';
import { fixedGaussian, transposedConv2d } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { encoderSchema, imageEncoder } from './imageEncoder.js';
import type { PixelCNNAutoencoder } from './pixelCNNAutoencoder.js';
import { seededDense } from './seededDense.js';

/** Options of {@link mseAutoencoder}: the encoder's, and the decoder's. */
export const mseAutoencoderSchema = encoderSchema.extend({
  height: positive,
  width: positive,
  colors: positive,
  /** 2: Bernoulli outputs; more: Gaussians of one deviation around the decoder's numbers. */
  levels: z.int().min(2).max(256),
  /**
   * Standard deviation of those Gaussians, for intensities scaled to [-1, 1]. The likelihood depends on it; what the model
   * learns with `loss: 'mse'` does not.
   */
  deviation: z.number().positive().default(0.2),
  /** Seed of the initial weights. */
  seed,
});

export type MSEAutoencoderOptions = z.input<typeof mseAutoencoderSchema>;

/** One network, three views of it, as those of `pixelCNNAutoencoder`, but that the decoder takes codes [B, m] alone. */
export type MSEAutoencoder = PixelCNNAutoencoder;

/**
 * The auto-encoder that the PixelCNN auto-encoder is compared with (1606.05328, sections 2.4 and 3.4): the same encoder, and a
 * decoder that gives one image for a code, to be trained by squared error (`loss: 'mse'` of @pixelrnn/training). Given a
 * code its pixels are independent of each other, so its samples are the mean with noise; `expectedPixels` of
 * @pixelrnn/metrics is the image.
 *
 * The paper does not give the decoder's layers; here the encoder's in reverse order: a linear map with ReLU, then
 * transposed convolutions of stride 2, all but the last with ReLU.
 *
 * @throws Error listing every option that is missing, unknown or out of range
 */
export function mseAutoencoder(options: MSEAutoencoderOptions): MSEAutoencoder {
  const o = parseOptions('mseAutoencoder', mseAutoencoderSchema, options);
  const encoder = imageEncoder(o);
  const decoder = imageDecoder(o);
  const pixels = tf.input({ shape: [o.height, o.width, o.colors], name: 'image' });
  const outputs = decoder.apply(encoder.apply(pixels) as tf.SymbolicTensor) as tf.SymbolicTensor;
  return { autoencoder: tf.model({ inputs: pixels, outputs, name: 'MSEAutoencoder' }), encoder, decoder };
}

/** Codes [B, m] to Bernoulli logits [B, H, W, C] of two levels, else Gaussians [B, H, W, C, 1, 3]. */
function imageDecoder(o: z.output<typeof mseAutoencoderSchema>): tf.LayersModel {
  const { seed, encoderLayers, encoderFilters, colors } = o;
  const sizes = [[o.height, o.width] as const]; // of the image, then after each convolution of the encoder
  for (let i = 0; i < encoderLayers; i++) {
    const [height, width] = sizes[i] as readonly [number, number];
    sizes.push([Math.ceil(height / 2), Math.ceil(width / 2)]);
  }
  const maps = (layer: number) => encoderFilters * 2 ** (layer - 1);
  const code = tf.input({ shape: [o.codeSize], name: 'decoded' });
  const [height, width] = sizes[encoderLayers] as readonly [number, number];
  const units = height * width * maps(encoderLayers);
  const flat = seededDense(code, { units, activation: 'relu', seed, name: 'uncode' });
  const targetShape = [height, width, maps(encoderLayers)];
  let x = tf.layers.reshape({ targetShape, name: 'unflat' }).apply(flat) as tf.SymbolicTensor;
  for (let i = encoderLayers; i >= 1; i--) {
    const last = i === 1;
    const layer = transposedConv2d({
      filters: last ? colors : maps(i - 1),
      stride: 2,
      kernelSize: 3,
      activation: last ? 'linear' : 'relu',
      seed,
      name: `decoder${i}`,
    });
    x = cropTo(layer.apply(x) as tf.SymbolicTensor, sizes[i - 1] as readonly [number, number], `crop${i}`);
  }
  if (o.levels > 2) {
    x = fixedGaussian({ deviation: o.deviation, name: 'gaussian' }).apply(x) as tf.SymbolicTensor;
  }
  return tf.model({ inputs: code, outputs: x, name: 'decoder' });
}

/** The encoder rounds odd sizes up: what doubling them has too much. */
function cropTo(
  x: tf.SymbolicTensor,
  [height, width]: readonly [number, number],
  name: string,
): tf.SymbolicTensor {
  const [tooHigh, tooWide] = [(x.shape[1] as number) - height, (x.shape[2] as number) - width];
  if (tooHigh === 0 && tooWide === 0) return x;
  const cropping: [[number, number], [number, number]] = [
    [0, tooHigh],
    [0, tooWide],
  ];
  return tf.layers.cropping2D({ cropping, name }).apply(x) as tf.SymbolicTensor;
}
