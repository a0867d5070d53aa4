import { catalog, type DatasetSplits, type ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { type ImageShape, imageShapeOf, isAutoencoder } from '@pixelrnn/generation';
import { loadModel } from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import { byteBar } from '../byteBar.js';
import { CommandError, UsageError } from './command.js';
import { type ImageFiles, readImages } from './imageFiles.js';

export const modelArgument = [
  '<model>',
  'a run folder, its checkpoint/, or a saved model (the folder, or its model.json)',
] as const;

/**
 * A model that draws images, and their shape.
 *
 * @throws CommandError for an auto-encoder
 * @throws UsageError for a class-conditional model when no class is given
 */
export async function openModel(
  path: string,
  { class: classes }: { class?: number[] },
): Promise<{ model: tf.LayersModel; shape: ImageShape }> {
  await loadEngine({ quiet: true });
  const model = await loadModel(path);
  if (isAutoencoder(model)) {
    throw new CommandError(
      `${path} is an auto-encoder, which has an image for a code: take viewsOf(model).decoder in a script, or \`pnpm exp autoencoder\` for its pictures.`,
    );
  }
  const condition = model.inputs[1]?.shape;
  if (condition?.length === 2 && !classes) {
    const last = (condition[1] as number) - 1;
    throw new UsageError(
      `${path} draws images of a class, from 0 to ${last}: give --class ${Math.min(3, last)} for all images, or --class 0,1 for these in turn.`,
    );
  }
  return { model, shape: imageShapeOf(model) };
}

export interface DatasetFlags {
  dataset?: string;
  split: keyof DatasetSplits;
  dataDir?: string;
}

/**
 * A split of a dataset whose images a model could have made.
 * @throws UsageError where they are of another shape
 */
export async function openDataset(
  { dataset: id, split, dataDir }: DatasetFlags,
  shape: ImageShape,
): Promise<ImageDataset> {
  const entry = catalog.find((candidate) => candidate.id === id);
  if (!entry) {
    throw new UsageError(
      `Unknown dataset ${id}: expected one of ${catalog.map((known) => known.id).join(', ')}.`,
    );
  }
  const { onProgress, stop } = byteBar();
  const splits = await entry.load({ dataDir, onProgress }).finally(stop);
  const set = splits[split];
  const same = (['height', 'width', 'channels', 'levels'] as const).every((key) => set[key] === shape[key]);
  if (same) return set;
  const text = ({ height, width, channels, levels }: ImageShape) =>
    `${height}x${width}x${channels} with ${levels} levels`;
  throw new UsageError(`${set.name} has images of ${text(set)}, but the model's are ${text(shape)}.`);
}

export interface ImageFlags extends DatasetFlags {
  images?: string;
  count?: number;
}

/** Images that a command works on: a PNG, a folder of them, or some of a dataset's split, evenly spaced. */
export async function openImages(flags: ImageFlags, shape: ImageShape): Promise<ImageFiles> {
  const { images: path, count, dataset } = flags;
  if ((path === undefined) === (dataset === undefined)) {
    throw new UsageError('Expected either --images or --dataset.');
  }
  if (path !== undefined) {
    const read = await readImages(path, shape);
    return count === undefined ? read : first(read, count);
  }
  const set = await openDataset(flags, shape);
  const wanted = count ?? set.count;
  if (wanted > set.count)
    throw new UsageError(`${set.name} has ${set.count} images in the split, not ${wanted}.`);
  return { images: set.subset(wanted).images, count: wanted };
}

function first({ images, count: there }: ImageFiles, count: number): ImageFiles {
  if (count > there) throw new UsageError(`There are ${there} images, not ${count}.`);
  return { images: images.subarray(0, (images.length / there) * count), count };
}
