import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunLock, writeFileAtomic } from '@pixelrnn/files';
import * as tf from '@tensorflow/tfjs';
import { configDifferences, type TrainingConfig, trainingConfigSchema } from '../trainingConfig.js';
import { TrainingError } from '../trainingError.js';
import { changedFiles } from './changedFiles.js';
import {
  type CheckpointIdentity,
  checkpointVersion,
  DamagedCheckpoint,
  describeFile,
  namedFiles,
  type ReadCheckpoint,
  readCheckpoint,
  sha256,
  type TrainingProgressState,
} from './checkpointFormat.js';

/** A run at one step. */
export interface TrainingState {
  progress: TrainingProgressState;
  identity: CheckpointIdentity;
  /** Engine and kernels. */
  engine: string;
  /** By what they are: the optimiser's, the weights where the model has others, their average, the best. */
  tensors: Record<string, tf.Tensor[]>;
}

const current = 'model.json';
const previous = 'previous.json';
const dataFile = /^(weights|state)-.*\.bin$/;

/**
 * Writes the model, with the weights that it has, and the state of its training. `model.json` names the data files and
 * their checksums and is replaced last, in one step; the checkpoint before stays as `previous.json`. So a folder holds a
 * whole checkpoint at any moment. `model.json` is TensorFlow.js' own format and loads with `loadModel` or, served
 * over HTTP, with `tf.loadLayersModel`.
 *
 * @param lock of the run folder: looked at before every file that is renamed or removed
 * @throws Error naming the file that cannot be written, FileError `locked` where another process has taken the folder over, TrainingError `non-finite` for weights that are not; what was
 * there before is still whole
 */
export async function saveCheckpoint(
  folder: string,
  model: tf.LayersModel,
  { progress, identity, engine, tensors }: TrainingState,
  lock?: RunLock,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const artifacts = await modelArtifacts(model);
  const named = Object.entries(tensors).flatMap(([group, members]) =>
    members.map((tensor, i) => ({ name: `${group}/${i}`, tensor })),
  );
  const encoded = await tf.io.encodeWeights(named);
  const weights = new Uint8Array(tf.io.CompositeArrayBuffer.join(artifacts.weightData as ArrayBuffer));
  const state = new Uint8Array(encoded.data);
  const inTraining = [...(tensors.weights ?? []), ...(tensors.average ?? [])];
  const numbers = [
    new Float32Array(weights.buffer),
    ...inTraining.map((tensor) => tensor.dataSync<'float32'>()),
  ];
  requireFinite(artifacts.weightSpecs ?? [], numbers, { progress, identity });
  const name = (kind: string, data: Uint8Array) => `${kind}-${progress.step}-${sha256(data).slice(0, 8)}.bin`;
  const files = {
    weights: describeFile(name('weights', weights), weights),
    state: describeFile(name('state', state), state),
  };
  const json = {
    modelTopology: artifacts.modelTopology,
    format: artifacts.format,
    generatedBy: artifacts.generatedBy,
    weightsManifest: [{ paths: [files.weights.path], weights: artifacts.weightSpecs }],
    training: {
      version: checkpointVersion,
      progress,
      identity,
      engine,
      weights: files.weights,
      state: files.state,
      stateSpecs: encoded.specs,
    },
  };
  await writeFileAtomic(join(folder, files.weights.path), weights, lock);
  await writeFileAtomic(join(folder, files.state.path), state, lock);
  await keepPrevious(folder, lock);
  await writeFileAtomic(join(folder, current), `${JSON.stringify(json)}\n`, lock);
  await removeUnnamed(folder, lock);
}

async function modelArtifacts(model: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await model.save(
    tf.io.withSaveHandler(async (saved) => {
      artifacts = saved;
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(saved) };
    }),
  );
  return artifacts as tf.io.ModelArtifacts;
}

function requireFinite(
  specs: tf.io.WeightsManifestEntry[],
  numbers: Float32Array[],
  { progress, identity }: Pick<TrainingState, 'progress' | 'identity'>,
): void {
  if (specs.some(({ dtype }) => dtype !== 'float32')) return;
  if (numbers.every((each) => each.every(Number.isFinite))) return;
  const clipping = typeof identity.config.clipNorm === 'number' ? 'lower' : 'set';
  throw new TrainingError(
    'non-finite',
    `The weights are not finite after step ${progress.step}, so no checkpoint of it was written: lower the learning rate or ${clipping} clipNorm.`,
  );
}

/** `previous.json` becomes a copy of `model.json`, unless that checkpoint is damaged: then the one before is all there is. */
async function keepPrevious(folder: string, lock: RunLock | undefined): Promise<void> {
  try {
    if (!(await readCheckpoint(folder, current))) return;
  } catch (error) {
    if (error instanceof DamagedCheckpoint) return;
    throw error;
  }
  await writeFileAtomic(join(folder, previous), await readFile(join(folder, current)), lock);
}

/** Removes the data files of older checkpoints, and of one that was not finished. */
async function removeUnnamed(folder: string, lock: RunLock | undefined): Promise<void> {
  const named = [...(await namedFiles(folder, current)), ...(await namedFiles(folder, previous))];
  for (const name of await readdir(folder)) {
    if (!dataFile.test(name) || named.includes(name)) continue;
    await lock?.assertHeld();
    await rm(join(folder, name), { force: true });
  }
}

/**
 * The newest whole checkpoint of a folder, or null where there is none.
 *
 * @param warn is told where it is the previous one, and why
 * @param remedy what the error advises
 * @throws TrainingError `checkpoint` naming what is damaged where no checkpoint is whole, or the other version
 */
export async function newestWhole(
  folder: string,
  warn: (message: string) => void,
  remedy = 'Remove the run folder or use --fresh',
): Promise<ReadCheckpoint | null> {
  const damages: string[] = [];
  for (const name of [current, previous]) {
    try {
      const found = await readCheckpoint(folder, name);
      if (!found) continue;
      if (damages.length > 0) {
        warn(`${damages.join('; ')}. Going on from the checkpoint before, of step ${stepOf(found)}.`);
      }
      return found;
    } catch (error) {
      if (!(error instanceof DamagedCheckpoint)) throw error;
      damages.push(error.message);
    }
  }
  if (damages.length === 0) return null;
  throw new TrainingError(
    'checkpoint',
    `No checkpoint in ${folder} is whole: ${damages.join('; ')}. ${remedy}.`,
  );
}

const stepOf = ({ json }: ReadCheckpoint) => json.training.progress.step;

/**
 * Steps and training seconds of a folder's newest whole checkpoint; null where there is none.
 *
 * @throws TrainingError `checkpoint` naming what is damaged where no checkpoint is whole
 */
export async function checkpointProgress(
  folder: string,
  warn: (message: string) => void = console.warn,
): Promise<{ steps: number; seconds: number } | null> {
  const found = await newestWhole(folder, warn);
  if (!found) return null;
  const { step: steps, seconds } = found.json.training.progress;
  return { steps, seconds };
}

/**
 * Puts the weights of a checkpoint into a model of the same shape.
 *
 * @param found a folder's {@link newestWhole}
 * @param expected the identity that a checkpoint of this run has at a step
 * @returns the state of its training, whose tensors the caller disposes
 * @throws TrainingError `checkpoint` naming how the checkpoint's run, data or model differ from this one
 */
export function restoreCheckpoint(
  folder: string,
  found: ReadCheckpoint,
  model: tf.LayersModel,
  expected: (step: number) => CheckpointIdentity,
): TrainingState {
  const { weightsManifest, training } = found.json;
  const specs = weightsManifest[0]?.weights as tf.io.WeightsManifestEntry[];
  const differences = [
    ...identityDifferences(training.identity, expected(training.progress.step), training.progress),
    ...modelDifferences(specs, model),
  ];
  if (differences.length > 0) {
    throw new TrainingError(
      'checkpoint',
      `${folder} holds a checkpoint of another run (${differences.join('; ')}). Use --fresh to replace it, or another folder.`,
    );
  }
  const weights = tf.io.decodeWeights(found.weights, specs);
  model.loadWeights(weights);
  tf.dispose(weights);
  const decoded = tf.io.decodeWeights(found.state, training.stateSpecs as tf.io.WeightsManifestEntry[]);
  const tensors: Record<string, tf.Tensor[]> = {};
  for (const { name } of training.stateSpecs) {
    const group = name.slice(0, name.lastIndexOf('/'));
    tensors[group] = [...(tensors[group] ?? []), decoded[name] as tf.Tensor];
  }
  return { progress: training.progress, identity: training.identity, engine: training.engine, tensors };
}

function identityDifferences(
  before: CheckpointIdentity,
  now: CheckpointIdentity,
  progress: TrainingProgressState,
): string[] {
  // Keys that are newer than the checkpoint have their defaults: what training did before there were such keys.
  const config = trainingConfigSchema.safeParse(before.config).data ?? before.config;
  const { step: steps, seconds } = progress;
  const [was, is] = [config as TrainingConfig, now.config as TrainingConfig];
  const differences = configDifferences(was, is, { steps, seconds }).map(
    (key) => `${key}: ${was[key]} there, ${is[key]} asked for`,
  );
  const text = ({ data: { checksums: _, ...data } }: CheckpointIdentity) => JSON.stringify(data);
  differences.push(...changedFiles(before.data.checksums ?? {}, now.data.checksums ?? {}));
  if (text(before) !== text(now)) differences.push(`training data: ${text(before)} there, ${text(now)} here`);
  if (differences.length === 0 && before.nextBatch !== now.nextBatch) {
    differences.push('the next batch: the images or their order have changed');
  }
  return differences;
}

function modelDifferences(there: readonly tf.io.WeightsManifestEntry[], model: tf.LayersModel): string[] {
  const text = (name: string, shape: readonly (number | null)[]) => `${name} [${shape}]`;
  const before = there.map(({ name, shape }) => text(name, shape));
  const now = model.weights.map(({ originalName, shape }) => text(originalName, shape));
  const missing = before.filter((weight) => !now.includes(weight)).slice(0, 3);
  const added = now.filter((weight) => !before.includes(weight)).slice(0, 3);
  if (missing.length + added.length === 0) return [];
  const list = (weights: string[]) => (weights.length > 0 ? weights.join(', ') : 'nothing else');
  return [`model: ${list(missing)} there, ${list(added)} here`];
}
