import { cellSignal, inNotebook, progress } from '@pixelrnn/cell';
import { FileError, lockRunFolder } from '@pixelrnn/files';
import type * as tf from '@tensorflow/tfjs';
import { claimModel } from './activeRuns.js';
import { progressLine } from './logs/progressBar.js';
import { parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';
import type { TrainingContext, TrainingOutcome, TrainingProgress } from './trainingContext.js';
import { TrainingError } from './trainingError.js';
import { TrainingLoop } from './trainingLoop.js';

/**
 * Trains a model by maximum likelihood: the loss is the mean negative log-likelihood in nats per image, unless `loss` says otherwise. With a folder, a
 * run that was ended in any way goes on to the losses and weights of one that was not.
 *
 * @throws TrainingError `config` for options that are wrong, `locked` where another training has the model or the folder,
 * `checkpoint` where what is there cannot be gone on from, `non-finite` naming the step, its images and the last good
 * checkpoint
 */
export async function train(
  model: tf.LayersModel,
  options: TrainingOptions,
  context: TrainingContext,
): Promise<TrainingOutcome> {
  const { folder, lock: given, signal = cellSignal(), onWarning = console.warn } = context;
  const line = context.onProgress || !inNotebook() ? undefined : progress();
  const config = parseTrainingConfig(options);
  const releaseModel = claimModel(model);
  try {
    const own = folder && !given ? await lockRunFolder(folder) : undefined;
    const lock = given ?? own;
    const onProgress = line && ((now: TrainingProgress) => line.update(progressLine(now), done(now)));
    const all = {
      ...context,
      ...(lock && { lock }),
      ...(signal && { signal }),
      ...(onProgress && { onProgress }),
    };
    const loop = new TrainingLoop(model, config, all, onWarning);
    try {
      return await loop.run();
    } finally {
      await loop.dispose();
      await own?.release();
    }
  } catch (error) {
    if (!(error instanceof FileError && error.code === 'locked')) throw error;
    throw new TrainingError('locked', error.message, undefined, { cause: error });
  } finally {
    line?.end();
    releaseModel();
  }
}

const done = ({ step, steps, seconds, secondsLeft }: TrainingProgress) =>
  Math.max(step / steps, seconds / Math.max(1e-9, seconds + secondsLeft));
