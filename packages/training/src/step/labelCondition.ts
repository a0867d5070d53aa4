import type { Batch, ImageDataset } from '@pixelrnn/data';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { TrainingError } from '../trainingError.js';

/** Numbers of a model's second input, a vector [B, m]: the classes that it is conditioned on; 0 of a model of pixels alone. */
export function classesOf(model: tf.LayersModel): number {
  const [, condition, ...others] = model.inputs;
  if (!condition) return 0;
  const [, classes, ...rest] = condition.shape;
  if (others.length > 0 || rest.length > 0 || classes == null) {
    throw new TrainingError(
      'config',
      `Training gives a model its images and, to a second input [B, classes], their labels; ${model.name} has the inputs ${model.inputs
        .map(({ shape }) => `[${shape.map((size) => size ?? 'B')}]`)
        .join(', ')}.`,
    );
  }
  return classes;
}

/**
 * That a model which is conditioned on classes can be told those of a dataset.
 *
 * @throws TrainingError `config` where it has no labels, or a label that is no class
 */
export function requireLabels(model: tf.LayersModel, { name, labels }: ImageDataset): void {
  const classes = classesOf(model);
  if (classes === 0) return;
  if (!labels) {
    throw new TrainingError(
      'config',
      `${model.name} is conditioned on ${classes} classes, but ${name} has no labels: use a dataset that has, or a model without condition.`,
    );
  }
  let largest = 0;
  for (const label of labels) largest = Math.max(largest, label);
  if (largest >= classes) {
    throw new TrainingError(
      'config',
      `${model.name} is conditioned on ${classes} classes, but ${name} has labels up to ${largest}: give the model ${largest + 1}.`,
    );
  }
}

/** Which images of a step are told their label: each but with a probability of `drop`, the same for the same seed and step. */
export function keptConditions(
  count: number,
  { drop, seed, step }: { drop: number; seed: number; step: number },
): boolean[] {
  if (drop === 0) return new Array<boolean>(count).fill(true);
  const random = new Random(seed).split('conditions').split(`step ${step}`);
  return Array.from({ length: count }, () => random.uniform() >= drop);
}

/**
 * Labels as the second input of a model, one-hot; an image that is not kept has zeros, as a model without condition.
 *
 * @returns float32 [B, classes]
 */
export function labelVectors(
  { labels, shape }: Pick<Batch, 'shape'> & { labels?: Batch['labels'] | undefined },
  classes: number,
  kept?: readonly boolean[],
): tf.Tensor2D {
  const vectors = new Float32Array(shape[0] * classes);
  for (const [i, label] of (labels ?? []).entries()) {
    if (kept?.[i] ?? true) vectors[i * classes + label] = 1;
  }
  return tf.tensor2d(vectors, [shape[0], classes]);
}
