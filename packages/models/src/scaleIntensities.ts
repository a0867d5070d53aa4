import * as tf from '@tensorflow/tfjs';

/**
 * Intensities 0 .. levels - 1 scaled and centred to [-1, 1], the models' input (PixelRNN, section 5: "input is scaled and
 * centered"); two levels become -1 and 1.
 *
 * @param intensities values in 0 .. levels - 1
 * @param shape [B, H, W, C]
 * @returns float32 [B, H, W, C]
 */
export function scaleIntensities(
  intensities: Uint8Array,
  shape: [number, number, number, number],
  levels: number,
): tf.Tensor4D {
  const scaled = new Float32Array(intensities.length);
  const step = 2 / (levels - 1);
  for (let i = 0; i < scaled.length; i++) scaled[i] = (intensities[i] as number) * step - 1;
  return tf.tensor4d(scaled, shape);
}
