import { positive } from '@pixelrnn/kernels/options';
import { stridedConv2d } from '@pixelrnn/layers';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { seededDense } from './seededDense.js';

/** Options of an auto-encoder's encoder. */
export const encoderSchema = z.strictObject({
  /** Numbers of the code, m: 10 and 100 in the paper. */
  codeSize: positive,
  /** Convolutions of the encoder, each of which halves height and width. */
  encoderLayers: positive.default(3),
  /** Maps of the encoder's first convolution; each later one has twice as many as the one before. */
  encoderFilters: positive.default(16),
});

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
  const code = seededDense(flat, { units: o.codeSize, seed, name: 'code' }); // [B, m]
  return tf.model({ inputs: pixels, outputs: code, name: 'encoder' });
}
