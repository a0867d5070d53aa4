import { binProbability } from '@pixelrnn/metrics';
import { forward, scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import type { ConditionValues } from '../condition.js';
import type { ImageShape } from '../imageShape.js';
import { conditionTensors } from './ancestralSampling.js';

export interface ParallelNatsOptions {
  shape: ImageShape;
  count: number;
  /** [count, H, W, C] */
  images: Uint8Array;
  /** Values of the model's inputs after the first. */
  conditions: ConditionValues;
}

/**
 * Minus the log-probability of every intensity given all before it, from one forward pass over whole images.
 *
 * @returns nats [count, H, W, C]
 */
export async function parallelNats(
  model: tf.LayersModel,
  { shape, count, images, conditions }: ParallelNatsOptions,
): Promise<Float32Array> {
  const { height, width, channels, levels } = shape;
  const nats = tf.tidy(() => {
    const size: [number, number, number, number] = [count, height, width, channels];
    const given = conditionTensors(model, conditions, count);
    const pixels = scaleIntensities(images, size, levels);
    const output = forward(model, [pixels, ...given]);
    const intensities = tf.tensor4d(images, size, 'int32');
    if (output.rank === 6) return tf.neg(tf.log(binProbability(output, intensities, levels)));
    if (output.rank === 5) {
      const logs = tf.logSoftmax(output, -1);
      return tf.neg(tf.sum(tf.mul(logs, tf.oneHot(intensities, levels)), -1));
    }
    // -log sigmoid of the logit of what is there
    const sign = tf.sub(1, tf.mul(2, tf.cast(intensities, 'float32')));
    return tf.softplus(tf.mul(output, sign));
  });
  const values = (await nats.data()) as Float32Array;
  nats.dispose();
  return values;
}
