import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { TrainingError } from '../trainingError.js';
import { newestWhole } from './checkpoint.js';

/** A model as TensorFlow.js saves it, without the state of a training. */
const savedModelSchema = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z.array(
    z.looseObject({ paths: z.array(z.string()), weights: z.array(z.looseObject({})) }),
  ),
});

/**
 * The model of a run folder, of a committed one of `results/`, of a `checkpoint/` folder (the newest whole one: the weights that its run would end with), or
 * one that `model.save` of TensorFlow.js wrote: its folder, with or without `file://`, or the `model.json` in it.
 *
 * @throws TrainingError `checkpoint` where there is none, naming the file that is missing or torn, weights that are not finite, or
 * a layer's class that is not registered
 */
export async function loadModel(path: string): Promise<tf.LayersModel> {
  const folder = await folderOf(path.replace(/^file:\/\//, ''));
  const saved = await readSavedModel(folder);
  if (saved) return saved;
  const found = await newestWhole(
    folder,
    console.warn,
    'Give a run folder, its checkpoint/ or a model that model.save wrote',
  );
  if (!found) {
    throw new TrainingError(
      'checkpoint',
      `${path} holds no checkpoint: expected model.json, as training leaves it in the checkpoint/ of a run folder, or as model.save writes it.`,
    );
  }
  const { modelTopology, weightsManifest } = found.json;
  const weightSpecs = weightsManifest[0]?.weights as tf.io.WeightsManifestEntry[];
  return build(folder, { modelTopology, weightSpecs, weightData: found.weights });
}

/** Where the model's files lie. */
async function folderOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (!found) {
    throw new TrainingError(
      'checkpoint',
      `${path} is not there: expected a run folder, its checkpoint/ or a saved model.`,
    );
  }
  if (found.isFile()) return dirname(path);
  // A run folder has its training's checkpoint; one that was adopted into the results has the model alone.
  for (const name of ['checkpoint', 'model']) {
    const inside = join(path, name);
    if ((await stat(inside).catch(() => null))?.isDirectory()) return inside;
  }
  return path;
}

/** Null where the folder holds something else, of which a checkpoint's reader says what. */
async function readSavedModel(folder: string): Promise<tf.LayersModel | null> {
  const saved = savedModelSchema.safeParse(await readJson(join(folder, 'model.json')));
  if (!saved.success || 'training' in saved.data) return null;
  const { modelTopology, weightsManifest } = saved.data;
  const weightSpecs = weightsManifest.flatMap(
    ({ weights }) => weights,
  ) as unknown as tf.io.WeightsManifestEntry[];
  const parts = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths.map((part) => readPart(join(folder, part)))),
  );
  const weightData = new Uint8Array(Buffer.concat(parts)).buffer;
  const expected = weightSpecs.reduce((sum, { shape, dtype }) => sum + bytesOf(shape, dtype), 0);
  if (expected !== weightData.byteLength) {
    throw new TrainingError(
      'checkpoint',
      `The weights beside ${join(folder, 'model.json')} should be ${expected} bytes, but ${weightData.byteLength} are there: save the model again.`,
    );
  }
  const floats = weightSpecs.every(({ dtype }) => dtype === 'float32');
  if (floats && !new Float32Array(weightData).every(Number.isFinite)) {
    throw new TrainingError(
      'checkpoint',
      `The weights beside ${join(folder, 'model.json')} should be finite numbers, but some are not: the file is damaged, or the training diverged; save the model again.`,
    );
  }
  return build(folder, { modelTopology, weightSpecs, weightData });
}

async function build(folder: string, artifacts: tf.io.ModelArtifacts): Promise<tf.LayersModel> {
  try {
    return await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  } catch (error) {
    const [, layer] = /^Unknown layer: (\w+)/.exec((error as Error).message) ?? [];
    if (layer === undefined) throw error;
    throw new TrainingError(
      'checkpoint',
      `The model in ${folder} has a layer of the class ${layer}, which TensorFlow.js does not know here: import the file that registers it before the model is loaded; commands know the layers of @pixelrnn/layers alone.`,
      undefined,
      { cause: error },
    );
  }
}

const bytesOf = (shape: number[], dtype: string) =>
  tf.util.sizeFromShape(shape) * (dtype === 'bool' || dtype === 'uint8' ? 1 : 4);

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => '');
  try {
    return JSON.parse(text);
  } catch {
    return null; // not there or torn: the checkpoint's reader names it, and may have the one before
  }
}

async function readPart(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: NodeJS.ErrnoException) => {
    throw new TrainingError(
      'checkpoint',
      `${path} should hold the model's weights, but reading it gave ${cause.code}: save the model again.`,
      undefined,
      { cause },
    );
  });
}
