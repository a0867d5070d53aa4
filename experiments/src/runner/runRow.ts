import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import type { EngineInfo } from '@pixelrnn/engine';
import type { TaskStart } from '@pixelrnn/files';
import type { RunResult } from '@pixelrnn/metrics';
import { alone, type Communicator } from '@pixelrnn/mpi';
import {
  asCommonError,
  checkpointProgress,
  classesOf,
  evaluate,
  type TrainingContext,
  TrainingError,
  type TrainingOutcome,
  type TrainingProgress,
  train,
} from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { ExperimentRow, Pictures, PresetName, RowModel } from '../experiment.js';
import { drawPictures, tagOf, writePictures } from './pictures.js';
import { requireImages, splitWords } from './requireImages.js';
import { writeFailure, writeResult } from './runFiles.js';
import { type EarlierRun, inRunFolder, type Measure, type OpenRun, type Work } from './runFolder.js';
import { type RowSettings, settingsSchema } from './settings.js';
import { trainingOptions } from './trainingOptions.js';
import { trainingShape } from './trainingShape.js';
import { workAfter } from './workAfter.js';

export interface RunOptions {
  experiment: string;
  row: ExperimentRow & { model: RowModel };
  preset: PresetName;
  seed: number;
  settings: RowSettings;
  /** Those of the settings that belong to the experiment's data. */
  dataSettings?: z.ZodRawShape | undefined;
  data: DatasetSplits;
  engine: EngineInfo;
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  folder: string;
  /** Discard what is there. */
  fresh: boolean;
  /** Draw the samples of a finished run again. */
  redraw?: boolean | undefined;
  /** Where a scheduler has started this: earlier starts lose the folder. */
  start?: TaskStart | undefined;
  log: (line: string) => void;
  onProgress: (progress: TrainingProgress) => void;
  /** Training is over; evaluation begins. */
  onTrained: () => void;
  /** Ends the run by throwing the signal's reason, after a checkpoint where it trains. */
  signal: AbortSignal;
  /** The ranks that train and evaluate it together, of which this is rank 0; by default this process alone. */
  communicator?: Communicator;
  /** Has the other ranks call {@link followRow}. */
  onShared?: (measures: ReadonlySet<Measure> | null) => void;
}

/**
 * Trains, evaluates and samples one row with one seed, in its run folder. A finished run is returned as it is, an
 * unfinished one resumes from its checkpoint; so does a finished one with more steps, and one of which something else is to
 * be measured is only measured.
 *
 * @throws Error if the folder holds a run of other settings, naming those that differ, or a setting asks for more images than
 * there are
 * @throws FileError `locked` if another process works on the folder
 */
export async function runRow(options: RunOptions): Promise<RunResult> {
  const { experiment, row, preset, seed, settings, data, engine, folder, fresh, start } = options;
  const rest = { experiment, row: row.name, preset, seed, dataset: data.test.name };
  const label = labelOf(options);
  const { log } = options;
  const schema = settingsSchema(row.model, options.dataSettings);
  const complete = (given: unknown) => (schema.safeParse(given).data as RowSettings | undefined) ?? null;
  const asked = { folder, seed, settings, rest, complete };
  const work = (there: EarlierRun): Work => {
    const found = workAfter(asked, there);
    return options.redraw && found.kind === 'done'
      ? { kind: 'measure', measures: new Set(['samples'] as const) }
      : found;
  };
  const trained = () =>
    checkpointProgress(join(folder, 'checkpoint'), (message) => log(`${label}: ${message}`));
  const config = { ...rest, settings };
  requireImages(settings, data);
  const ranks = options.communicator?.size ?? 1;
  return inRunFolder(
    { folder, fresh, label, log, config, data, engine, ranks, start, trained, workAfter: work },
    async (run) => {
      try {
        return await trainAndMeasure(options, run);
      } catch (error) {
        // A finished run that is measured again stays finished.
        if (error instanceof TrainingError && error.code === 'non-finite' && !run.before) {
          await writeFailure(folder, error.message, run.lock);
        }
        throw error;
      }
    },
  );
}

const labelOf = ({ row, seed }: RunOptions) => `${row.label}, seed ${seed}`;

async function trainAndMeasure(options: RunOptions, run: OpenRun): Promise<RunResult> {
  const { row, seed, settings, data, engine, folder, log } = options;
  const { before, measures, begin, lock } = run;
  if (!before) await begin();
  const shape = trainingShape(data.train);
  const model = row.model.build(settings, shape, seed);
  try {
    const outcome = await trained(options, run, model);
    if (!measures || [...measures].some((name) => name !== 'samples')) log(`${labelOf(options)}: evaluating`);
    const measured = { ...before, ...(await measure(options, measures, model)) };
    const samplesDue = measures?.has('samples') ?? true;
    let pictures: Pictures = {};
    if (samplesDue && settings.samples > 0) {
      log(`${labelOf(options)}: sampling ${settings.samples} images`);
      pictures = await draw(options, model);
    }
    const result: RunResult = {
      ...(measured as Measured),
      testSplit: data.test.count,
      dimensions: shape.height * shape.width * shape.colors,
      dataset: data.test.name,
      parameters: model.countParams(),
      steps: outcome.steps,
      images: outcome.images,
      seconds: outcome.seconds,
      engine: engine.engine,
    };
    if (before) await begin(); // until all was measured, the run was as finished as before
    if (samplesDue) {
      const step = settings.tensorBoard ? outcome.steps : null;
      await writePictures(folder, pictures, step, lock);
    }
    await writeResult(folder, result, lock);
    return result;
  } finally {
    model.dispose();
  }
}

type Measured = Pick<
  RunResult,
  | 'test'
  | 'testImages'
  | 'testStandardError'
  | 'testWithoutCondition'
  | 'valid'
  | 'validImages'
  | 'validStandardError'
  | 'train'
>;

type MeasureOptions = Pick<RunOptions, 'settings' | 'data' | 'signal' | 'communicator'>;

/** Evaluates what is due. @throws TrainingError `non-finite` naming the split whose mean is not finite */
async function measure(
  options: MeasureOptions,
  measures: OpenRun['measures'],
  model: tf.LayersModel,
): Promise<Partial<Measured>> {
  const { settings, data, signal, communicator = alone } = options;
  const due = (name: Measure) => measures?.has(name) ?? true;
  const on = async (name: keyof DatasetSplits, count: number | null, condition?: 'none') => {
    const found = await evaluate(model, count ? data[name].subset(count) : data[name], {
      signal,
      communicator,
      ...(condition && { condition }),
    });
    if (Number.isFinite(found.nats)) return found;
    const clipping = settings.clipNorm === null ? 'set' : 'lower';
    const message = `The mean over ${splitWords[name]} images of ${data[name].name} is ${found.nats} nats, not a finite number: lower the learning rate or ${clipping} clipNorm.`;
    throw asCommonError(new TrainingError('non-finite', message)); // all ranks have the same mean
  };
  const measured: Partial<Measured> = {};
  if (due('test')) {
    const {
      nats: test,
      images: testImages,
      standardError: testStandardError,
    } = await on('test', settings.testImages);
    Object.assign(measured, { test, testImages, testStandardError });
    if (classesOf(model) > 0) {
      measured.testWithoutCondition = (await on('test', settings.testImages, 'none')).nats;
    }
  }
  if (due('valid')) {
    const {
      nats: valid,
      images: validImages,
      standardError: validStandardError,
    } = await on('valid', settings.validImages);
    Object.assign(measured, { valid, validImages, validStandardError });
  }
  if (due('train')) {
    const { trainImages } = settings;
    measured.train = trainImages > 0 ? (await on('train', trainImages)).nats : null;
  }
  return measured;
}

/** What another rank than 0 does of a run: it trains and evaluates its share, and writes nothing. */
export async function followRow({
  measures,
  ...options
}: Pick<RunOptions, 'row' | 'seed' | 'settings' | 'data' | 'folder' | 'signal'> & {
  communicator: Communicator;
  measures: OpenRun['measures'];
}): Promise<void> {
  const { row, seed, settings, data, folder, communicator, signal } = options;
  const model = row.model.build(settings, trainingShape(data.train), seed);
  try {
    const { train: images, valid } = data;
    await train(model, trainingOptions(settings, seed), {
      train: images,
      valid,
      folder,
      communicator,
      signal,
    });
    await measure(options, measures, model);
  } finally {
    model.dispose();
  }
}

/** Trains the model to the end or, where it has been, takes it over. */
async function trained(
  options: RunOptions,
  { lock, before, measures }: OpenRun,
  model: tf.LayersModel,
): Promise<TrainingOutcome> {
  const { seed, settings, data, folder, log, signal, onProgress, onTrained, communicator = alone } = options;
  if (before) await requireCheckpoint(folder, before);
  options.onShared?.(measures);
  const outcome = await train(model, trainingOptions(settings, seed), {
    train: data.train,
    valid: data.valid,
    folder,
    lock,
    communicator,
    signal,
    onProgress,
    onValidation: samplesInLogs(options, model),
    onWarning: (message) => log(`${labelOf(options)}: ${message}`),
  });
  onTrained();
  return outcome;
}

/** @throws Error where the weights of a result are not there any more */
async function requireCheckpoint(folder: string, { steps }: RunResult): Promise<void> {
  const there = await checkpointProgress(join(folder, 'checkpoint'));
  if (there?.steps === steps) return;
  throw new Error(
    `${folder} has a result of ${steps} steps and ${there ? `a whole checkpoint of ${there.steps}` : 'no checkpoint'}: nothing else can be measured of it; ` +
      'use --fresh to train it again.',
  );
}

/**
 * Samples in TensorBoard's logs, at the first validation and then at validations that are so many steps apart: at the same ones
 * wherever the run resumes.
 */
function samplesInLogs(options: RunOptions, model: tf.LayersModel): TrainingContext['onValidation'] {
  const { samples, sampleEvery, validateEvery, steps } = options.settings;
  if (sampleEvery === null || samples === 0) return undefined;
  const apart = validateEvery * Math.ceil(sampleEvery / validateEvery);
  return async (logs, step) => {
    if ((step - validateEvery) % apart !== 0 || step >= steps) return; // those of the last step are drawn in any case
    for (const [name, png] of Object.entries(await draw(options, model))) {
      await logs.image(step, tagOf(name), png);
    }
  };
}

const draw = ({ row, data, settings, seed, signal }: RunOptions, model: tf.LayersModel) =>
  drawPictures(row, model, { data, count: settings.samples, seed, signal });
