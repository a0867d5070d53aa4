import { cellSignal, countedProgress, inNotebook } from '@pixelrnn/cell';
import type { Batch, ImageDataset } from '@pixelrnn/data';
import { logLikelihood } from '@pixelrnn/metrics';
import { forward, scaleIntensities } from '@pixelrnn/models';
import { alone, type Communicator } from '@pixelrnn/mpi';
import * as tf from '@tensorflow/tfjs';
import { isCommon, Ranks } from './parallel/ranks.js';
import { classesOf, labelVectors } from './step/labelCondition.js';
import { requireFit } from './step/requireFit.js';
import { eventYielder } from './yieldToEvents.js';

export interface Evaluation {
  /** Mean negative log-likelihood, nats per image. */
  nats: number;
  /** Standard error of that mean: the standard deviation over images, divided by the root of their number. */
  standardError: number;
  images: number;
}

export interface EvaluationOptions {
  /** Images at a time: memory and speed, not the result. Default 100. */
  batchSize?: number;
  /** Told how many images are done, after each batch; in a notebook, by default, a line that changes in place. */
  onProgress?: ((images: number) => void) | undefined;
  /** Tell a model that is conditioned on classes each image's `label`, the default, or `none`. */
  condition?: 'label' | 'none';
  /** Ends the evaluation by throwing the signal's reason; in a notebook, that of the cell by default. */
  signal?: AbortSignal;
  /** Ranks that share the images; all must call it alike, and all have the result, to the bit that of one alone. */
  communicator?: Communicator;
}

/**
 * Exact negative log-likelihood of every image of a dataset, by a causal model (*Pixel Recurrent Neural Networks*, section 2);
 * where layers do not describe themselves, `requireCausal` of @pixelrnn/metrics tries whether it is. The engine gives that of
 * each row of pixels, in single precision; rows and images are added here in double precision and in their order, so that the
 * result does not depend on the batch size by more than the engine's own rounding.
 *
 * @throws TrainingError `config` where model and images do not fit together, or a layer of the model is known not to be causal;
 * DataError for a batch size that is none
 */
export async function evaluate(
  model: tf.LayersModel,
  dataset: ImageDataset,
  { signal = cellSignal(), communicator = alone, ...options }: EvaluationOptions = {},
): Promise<Evaluation> {
  try {
    requireFit(model, dataset, { condition: options.condition ?? 'label' });
    return await evaluateOn(new Ranks(communicator, signal), model, dataset, options);
  } catch (error) {
    if (communicator.size > 1 && !isCommon(error)) communicator.abort((error as Error).message);
    throw error;
  }
}

/** {@link evaluate} by ranks that may be asked to stop. */
export async function evaluateOn(
  ranks: Ranks,
  model: tf.LayersModel,
  dataset: ImageDataset,
  { batchSize = 100, onProgress, condition = 'label' }: Omit<EvaluationOptions, 'signal' | 'communicator'>,
): Promise<Evaluation> {
  const { rank, size } = ranks.communicator;
  const yieldToEvents = eventYielder();
  const line = onProgress || !inNotebook() ? undefined : countedProgress(['evaluated', 'images']);
  const nats: number[] = [];
  try {
    let position = 0;
    for (const batch of dataset.sequentialBatches(batchSize)) {
      // The ranks take batches in turns, and each batch is one that a single rank would have.
      const turn = position++ % size;
      if (turn === 0) ranks.throwIfStopped();
      if (turn !== rank) continue;
      const told = condition === 'label' ? batch : { ...batch, labels: undefined };
      const rows = logLikelihoods(model, told, dataset.levels);
      const values = await rows.data();
      rows.dispose();
      for (let start = 0; start < values.length; start += dataset.height) {
        let sum = 0;
        for (let i = start; i < start + dataset.height; i++) sum -= values[i] as number;
        nats.push(sum);
      }
      onProgress?.(nats.length);
      line?.update(nats.length, dataset.count);
      await yieldToEvents();
    }
  } finally {
    line?.end();
  }
  const all = size === 1 ? nats : inTurns(ranks.communicator, nats, batchSize);
  const images = all.length;
  const mean = all.reduce((sum, value) => sum + value, 0) / images;
  const squares = all.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { nats: mean, standardError: Math.sqrt(squares / Math.max(1, images - 1) / images), images };
}

/** Values of all ranks, which took batches in turns, in the order of the images. */
function inTurns(communicator: Communicator, own: readonly number[], batchSize: number): number[] {
  const parts = communicator
    .gather(new Uint8Array(Float64Array.from(own).buffer))
    .map((bytes) => [...new Float64Array(Uint8Array.from(bytes).buffer)]);
  const count = parts.reduce((sum, part) => sum + part.length, 0);
  const all: number[] = [];
  for (let turn = 0; all.length < count; turn++) {
    const part = parts[turn % parts.length] as number[];
    const start = Math.floor(turn / parts.length) * batchSize;
    all.push(...part.slice(start, start + batchSize));
  }
  return all;
}

/** Log-likelihood of each row of pixels given all pixels before it: [B * H]. */
function logLikelihoods(
  model: tf.LayersModel,
  batch: Pick<Batch, 'intensities' | 'shape'> & { labels?: Batch['labels'] | undefined },
  levels: number,
): tf.Tensor1D {
  return tf.tidy(() => {
    const { intensities, shape } = batch;
    const [images, height, width, colors] = shape;
    const x = scaleIntensities(intensities, shape, levels);
    const classes = classesOf(model);
    const output = forward(model, classes > 0 ? [x, labelVectors(batch, classes)] : x);
    const rows = images * height;
    // Every row as an image of its own.
    const alone = tf.reshape(output, [rows, 1, width, ...output.shape.slice(3)]);
    return logLikelihood(alone, tf.tensor(intensities, [rows, 1, width, colors], 'int32'), levels);
  });
}
