import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunLock, writeFileAtomic } from '@pixelrnn/files';
import { generate } from '@pixelrnn/generation';
import { imageGrid } from '@pixelrnn/plots';
import { classesOf, writeTensorBoardImage } from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import type { PictureContext, Pictures, RowModel } from '../experiment.js';
import { trainingShape } from './trainingShape.js';

const samplesName = 'samples.png';

/** The row's own pictures of its trained model, else its samples in a grid. */
export function drawPictures(
  { model: row }: { model: RowModel },
  model: tf.LayersModel,
  context: PictureContext,
): Promise<Pictures> {
  return row.pictures ? row.pictures(model, context) : samplesPicture(model, context);
}

/** `samples.png`, in a grid as square as may be; of a class-conditional model the classes in turn. */
async function samplesPicture(
  model: tf.LayersModel,
  { data, count, seed, signal }: PictureContext,
): Promise<Pictures> {
  const { colors: channels, ...size } = trainingShape(data.train);
  const classes = classesOf(model);
  const condition = Array.from({ length: count }, (_, i) => i % classes);
  const told = classes > 0 && { condition };
  const images = await generate(model, { count, seed, ...told, ...(signal && { signal }) });
  const columns = Math.ceil(Math.sqrt(count));
  return { [samplesName]: await imageGrid({ ...size, channels, images, count, columns }) };
}

/** Whether a file of a run folder is one of its pictures. */
export const isPicture = (name: string) => name.endsWith('.png');

/** What a picture is called in TensorBoard. */
export const tagOf = (name: string) => name.slice(0, -'.png'.length);

/**
 * Writes a run's pictures, in place of all that were there before.
 *
 * @param step of TensorBoard's logs; null: not into them
 */
export async function writePictures(
  folder: string,
  pictures: Pictures,
  step: number | null,
  lock: RunLock,
): Promise<void> {
  await lock.assertHeld();
  for (const name of (await readdir(folder)).filter(isPicture)) {
    if (!(name in pictures)) await rm(join(folder, name), { force: true });
  }
  for (const [name, png] of Object.entries(pictures)) {
    await writeFileAtomic(join(folder, name), png, lock);
    if (step !== null) await writeTensorBoardImage(folder, step, tagOf(name), png);
  }
}
