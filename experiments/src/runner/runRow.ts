import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { DatasetSplits } from '@pixelrnn/data';
import type { EngineInfo } from '@pixelrnn/engine';
import { lockRunFolder, type RunLock, writeFileAtomic } from '@pixelrnn/files';
import { sample } from '@pixelrnn/generation';
import type { RunResult } from '@pixelrnn/metrics';
import { imageGrid } from '@pixelrnn/plots';
import {
  environment,
  evaluate,
  type TrainingContext,
  type TrainingOptions,
  type TrainingProgress,
  train,
  trainingConfigSchema,
  writeTensorBoardImage,
} from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import type { ExperimentRow, PresetName, RowModel } from '../experiment.js';
import { requireSame } from './requireSame.js';
import { discardRun, noteEnvironment, readConfig, readResult, writeConfig, writeResult } from './runFiles.js';
import type { RowSettings } from './settings.js';
import { trainingSettingsSchema } from './trainingSettings.js';
import { trainingShape } from './trainingShape.js';

export interface RunOptions {
  experiment: string;
  row: ExperimentRow & { model: RowModel };
  preset: PresetName;
  seed: number;
  settings: RowSettings;
  data: DatasetSplits;
  engine: EngineInfo;
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  folder: string;
  /** Discard what is there. */
  fresh: boolean;
  log: (line: string) => void;
  onProgress: (progress: TrainingProgress) => void;
  /** Training is over; evaluation begins. */
  onTrained: () => void;
  /** Ends the run by throwing the signal's reason, after a checkpoint where it trains. */
  signal: AbortSignal;
}

/**
 * Trains, evaluates and samples one row with one seed, in its run folder. A finished run is returned as it is, an
 * unfinished one goes on from its checkpoint.
 *
 * @throws Error if the folder holds a run of other settings, naming those that differ
 * @throws TrainingError `locked` if another process works on the folder
 */
export async function runRow(options: RunOptions): Promise<RunResult> {
  const { row, seed, folder, fresh, log } = options;
  const done = fresh ? null : await finished(options);
  if (done) {
    log(`${row.label}, seed ${seed}: already done (${folder})`);
    return done;
  }
  const lock = await lockRunFolder(folder);
  try {
    if (fresh) await discardRun(folder);
    return (await finished(options)) ?? (await runLocked(options, lock)); // another process may have finished it
  } finally {
    await lock.release();
  }
}

const configOf = ({ experiment, row, preset, seed, data, settings }: RunOptions) => ({
  experiment,
  row: row.name,
  preset,
  seed,
  dataset: data.test.name,
  settings,
});

/** The result of a run of these settings; null where it is not finished. */
async function finished(options: RunOptions): Promise<RunResult | null> {
  const before = await readConfig(options.folder);
  // Settings that are newer than the run have their defaults: what runs did before there were such settings.
  const schema = trainingSettingsSchema.extend(options.row.model.settings.shape);
  const complete = (settings: unknown) => schema.safeParse(settings).data ?? settings;
  if (before) requireSame(options.folder, before, configOf(options), complete);
  return readResult(options.folder);
}

async function runLocked(options: RunOptions, lock: RunLock): Promise<RunResult> {
  const { row, seed, settings, data, engine, folder, log, signal, onProgress, onTrained } = options;
  await writeConfig(folder, configOf(options));
  const checksums = { ...data.train.checksums, ...data.valid.checksums, ...data.test.checksums };
  await noteEnvironment(folder, environment(engine, checksums));

  const shape = trainingShape(data.train);
  const model = row.model.build(settings, shape, seed);
  try {
    const context: TrainingContext = {
      train: data.train,
      valid: data.valid,
      folder,
      lock,
      signal,
      onProgress,
    };
    const outcome = await train(model, trainingOptions(settings, seed), {
      ...context,
      onValidation: samplesInLogs(options, model),
      onWarning: (message) => log(`${row.label}, seed ${seed}: ${message}`),
    });
    onTrained();
    log(`${row.label}, seed ${seed}: evaluating`);
    const measure = (name: keyof DatasetSplits, count: number | null) =>
      evaluate(model, count ? data[name].subset(count) : data[name], { signal });
    const test = await measure('test', settings.testImages);
    const valid = await measure('valid', settings.validImages);
    const trained = settings.trainImages ? await measure('train', settings.trainImages) : null;
    if (settings.samples > 0) {
      log(`${row.label}, seed ${seed}: sampling ${settings.samples} images`);
      const png = await samplesPng(options, model);
      await writeFileAtomic(join(folder, 'samples.png'), png);
      if (settings.tensorBoard) await writeTensorBoardImage(folder, outcome.steps, 'samples', png);
    }
    const result: RunResult = {
      test: test.nats,
      valid: valid.nats,
      train: trained?.nats ?? null,
      testImages: test.images,
      testSplit: data.test.count,
      validImages: valid.images,
      testStandardError: test.standardError,
      validStandardError: valid.standardError,
      dimensions: shape.height * shape.width * shape.colors,
      dataset: data.test.name,
      parameters: model.countParams(),
      steps: outcome.steps,
      images: outcome.images,
      seconds: outcome.seconds,
      engine: engine.engine,
    };
    await writeResult(folder, result);
    return result;
  } finally {
    model.dispose();
  }
}

/** What `train` takes of a row's settings. */
export function trainingOptions(settings: RowSettings, seed: number): TrainingOptions {
  const known = Object.entries(settings).filter(([key]) => key in trainingConfigSchema.shape);
  return { ...Object.fromEntries(known), seed } as TrainingOptions;
}

/** Samples in TensorBoard's logs, at validations, every so many steps. */
function samplesInLogs(options: RunOptions, model: tf.LayersModel): TrainingContext['onValidation'] {
  const { samples, sampleEvery, steps } = options.settings;
  if (sampleEvery === null || samples === 0) return undefined;
  let due = 0;
  return async (logs, step) => {
    if (step < due || step >= steps) return; // those of the last step are drawn in any case
    due = step + sampleEvery;
    await logs.image(step, 'samples', await samplesPng(options, model));
  };
}

async function samplesPng(
  { row, settings, data, seed, signal }: RunOptions,
  model: tf.LayersModel,
): Promise<Buffer> {
  const shape = trainingShape(data.train);
  const count = settings.samples;
  const onProgress = async () => {
    await setImmediate(); // a signal may have come
    signal.throwIfAborted();
  };
  const images = await (row.model.draw ?? sample)(model, { ...shape, count, seed, onProgress });
  const { colors: channels, ...size } = shape;
  return imageGrid({ ...size, channels, images, count, columns: Math.ceil(Math.sqrt(count)) });
}
