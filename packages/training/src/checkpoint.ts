import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { writeFileAtomic } from './atomicFile.js';

/** What a run needs, beside the weights, to go on as if it had not stopped. */
export interface TrainingState {
  step: number;
  /** Training seconds so far. */
  seconds: number;
  /** The optimiser's tensors, in the order of the model's trainable weights. */
  optimizer: tf.Tensor[];
}

const fileSchema = z.strictObject({ path: z.string(), sha256: z.string() });
const specSchema = z.looseObject({
  name: z.string(),
  shape: z.array(z.int()),
  dtype: z.enum(['float32', 'int32']),
});
const checkpointSchema = z.looseObject({
  modelTopology: z.looseObject({}),
  weightsManifest: z
    .array(z.strictObject({ paths: z.array(z.string()), weights: z.array(specSchema) }))
    .length(1),
  training: z.strictObject({
    step: z.int(),
    seconds: z.number(),
    weights: fileSchema,
    optimizer: fileSchema,
    optimizerSpecs: z.array(specSchema),
  }),
});

const sha256 = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
const numbered = /^(weights|optimizer)-\d+\.bin$/;

/**
 * Writes weights and training state. `model.json` names the data files and their checksums and is replaced last, in one
 * step, so that a folder always holds one whole checkpoint; it is TensorFlow.js' own format and loads with
 * {@link loadModel} or, served over HTTP, with `tf.loadLayersModel`.
 */
export async function saveCheckpoint(
  folder: string,
  model: tf.LayersModel,
  state: TrainingState,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  const { modelTopology, weightSpecs, weightData, format, generatedBy } = artifacts as tf.io.ModelArtifacts;
  const named = state.optimizer.map((tensor, i) => ({ name: String(i), tensor }));
  const optimizer = await tf.io.encodeWeights(named);
  const bytes = {
    weights: new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData as ArrayBuffer)),
    optimizer: new Uint8Array(optimizer.data),
  };
  const files = { weights: `weights-${state.step}.bin`, optimizer: `optimizer-${state.step}.bin` };
  await writeFileAtomic(join(folder, files.weights), bytes.weights);
  await writeFileAtomic(join(folder, files.optimizer), bytes.optimizer);
  const json = {
    modelTopology,
    format,
    generatedBy,
    weightsManifest: [{ paths: [files.weights], weights: weightSpecs }],
    training: {
      step: state.step,
      seconds: state.seconds,
      weights: { path: files.weights, sha256: sha256(bytes.weights) },
      optimizer: { path: files.optimizer, sha256: sha256(bytes.optimizer) },
      optimizerSpecs: optimizer.specs,
    },
  };
  await writeFileAtomic(join(folder, 'model.json'), `${JSON.stringify(json)}\n`);
  for (const name of await readdir(folder)) {
    if (numbered.test(name) && name !== files.weights && name !== files.optimizer)
      await rm(join(folder, name));
  }
}

async function readCheckpoint(folder: string): Promise<z.infer<typeof checkpointSchema>> {
  const path = join(folder, 'model.json');
  const text = await readFile(path, 'utf8');
  try {
    return checkpointSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Error(
      `${path} is not a checkpoint (${(error as Error).message}). Remove the run folder or use --fresh.`,
    );
  }
}

async function readVerified(folder: string, file: z.infer<typeof fileSchema>): Promise<ArrayBuffer> {
  const path = join(folder, file.path);
  const data = await readFile(path);
  const found = sha256(data);
  if (found !== file.sha256) {
    throw new Error(
      `${path}: expected SHA-256 ${file.sha256}, got ${found}. Remove the run folder or use --fresh.`,
    );
  }
  return data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength) as ArrayBuffer;
}

/** Whether a folder holds a checkpoint. */
export async function hasCheckpoint(folder: string): Promise<boolean> {
  try {
    await readFile(join(folder, 'model.json'));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/**
 * The model of a checkpoint, topology and weights.
 *
 * @throws Error naming the file that is missing, torn or not of the format
 */
export async function loadModel(folder: string): Promise<tf.LayersModel> {
  const { modelTopology, weightsManifest, training } = await readCheckpoint(folder);
  const weightData = await readVerified(folder, training.weights);
  const weightSpecs = weightsManifest[0]?.weights as tf.io.WeightsManifestEntry[];
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

/**
 * Puts a checkpoint's weights into a model of the same topology and returns the training state; the caller disposes the
 * optimiser's tensors.
 *
 * @throws Error naming the file that is missing, torn or not of the format
 */
export async function restoreCheckpoint(folder: string, model: tf.LayersModel): Promise<TrainingState> {
  const { weightsManifest, training } = await readCheckpoint(folder);
  const specs = weightsManifest[0]?.weights as tf.io.WeightsManifestEntry[];
  const weights = tf.io.decodeWeights(await readVerified(folder, training.weights), specs);
  const optimizer = tf.io.decodeWeights(
    await readVerified(folder, training.optimizer),
    training.optimizerSpecs as tf.io.WeightsManifestEntry[],
  );
  model.loadWeights(weights);
  tf.dispose(weights);
  return {
    step: training.step,
    seconds: training.seconds,
    optimizer: training.optimizerSpecs.map(({ name }) => optimizer[name] as tf.Tensor),
  };
}
