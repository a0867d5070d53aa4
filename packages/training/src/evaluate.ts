import type { ImageDataset } from '@pixelrnn/data';
import { logLikelihood } from '@pixelrnn/metrics';
import { scaleIntensities } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';

export interface Evaluation {
  /** Mean negative log-likelihood, nats per image. */
  nats: number;
  /** Of that mean, over images. */
  standardError: number;
  images: number;
}

/** Exact negative log-likelihood of every image of a dataset, accumulated in double precision. */
export async function evaluate(
  model: tf.LayersModel,
  dataset: ImageDataset,
  { batchSize = 100, onProgress }: { batchSize?: number; onProgress?: (images: number) => void } = {},
): Promise<Evaluation> {
  let sum = 0;
  let squares = 0;
  let images = 0;
  for (const batch of dataset.sequentialBatches(batchSize)) {
    const result = tf.tidy(() => {
      const x = scaleIntensities(batch.intensities, batch.shape, dataset.levels);
      const logits = model.apply(x) as tf.Tensor;
      return logLikelihood(logits, tf.tensor(batch.intensities, batch.shape, 'int32'), dataset.levels);
    });
    for (const value of await result.data()) {
      sum -= value;
      squares += value * value;
      images++;
    }
    result.dispose();
    onProgress?.(images);
  }
  const nats = sum / images;
  const variance = Math.max(0, squares / images - nats * nats);
  return { nats, standardError: Math.sqrt(variance / Math.max(1, images - 1)), images };
}
