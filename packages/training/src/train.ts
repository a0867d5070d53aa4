import { cellSignal, inNotebook, progress } from '@pixelrnn/cell';
import { FileError, lockRunFolder } from '@pixelrnn/files';
import { alone } from '@pixelrnn/mpi';
import type * as tf from '@tensorflow/tfjs';
import { claimModel } from './activeRuns.js';
import { lineOfRun } from './logs/progressBar.js';
import { asCommon, isCommon, Ranks } from './parallel/ranks.js';
import { parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';
import type { TrainingContext, TrainingOutcome, TrainingProgress } from './trainingContext.js';
import { TrainingError } from './trainingError.js';
import { TrainingLoop } from './trainingLoop.js';

/**
 * Trains a model by maximum likelihood: the loss is the mean negative log-likelihood in nats per image, unless `loss` says otherwise. With a folder, a
 * run that was ended in any way goes on to the losses and weights of one that was not. Several ranks train as one does with the
 * same batches, to rounding.
 *
 * @throws TrainingError `config` for options that are wrong, `locked` where another training has the model or the folder,
 * `checkpoint` where what is there cannot be gone on from, `non-finite` naming the step, its images and the last good
 * checkpoint, `ranks` where ranks differ from each other. An error that only one of several ranks has ends all of them
 */
export async function train(
  model: tf.LayersModel,
  options: TrainingOptions,
  context: TrainingContext,
): Promise<TrainingOutcome> {
  if (typeof context !== 'object' || context === null) {
    throw new TrainingError(
      'config',
      `train expects a model, options and the data, { train, valid }; the data came as ${context}.`,
    );
  }
  const { folder, lock: given, signal = cellSignal(), communicator = alone } = context;
  const { onWarning = console.warn } = context;
  const ranks = new Ranks(communicator, signal);
  const line = context.onProgress || !inNotebook() ? undefined : progress();
  let releaseModel = () => {};
  try {
    const config = parseTrainingConfig(options);
    releaseModel = claimModel(model);
    let lock = given;
    await ranks.onFirst(async () => {
      if (folder) lock ??= await lockRunFolder(folder);
    });
    const text = lineOfRun();
    const onProgress = line && ((now: TrainingProgress) => line.update(text(now), done(now)));
    const all = {
      ...context,
      ...(lock && { lock }),
      ...(onProgress && { onProgress }),
    };
    let loop: TrainingLoop | undefined;
    try {
      loop = new TrainingLoop(model, config, all, ranks, ranks.first ? onWarning : () => {});
      return await loop.run();
    } finally {
      try {
        await loop?.dispose();
      } finally {
        if (lock !== given) await lock?.release();
      }
    }
  } catch (error) {
    if (ranks.several && !isCommon(error)) communicator.abort((error as Error).message);
    if (!(error instanceof FileError && error.code === 'locked')) throw error;
    throw asCommon(new TrainingError('locked', error.message, undefined, { cause: error }));
  } finally {
    line?.end();
    releaseModel();
  }
}

const done = ({ step, steps, seconds, secondsLeft }: TrainingProgress) =>
  Math.max(step / steps, seconds / Math.max(1e-9, seconds + secondsLeft));
