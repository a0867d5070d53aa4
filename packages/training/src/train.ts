import type * as tf from '@tensorflow/tfjs';
import { lockRunFolder } from './runLock.js';
import { parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';
import type { TrainingContext, TrainingOutcome } from './trainingContext.js';
import { TrainingRun } from './trainingRun.js';

/**
 * Trains a model by maximum likelihood: the loss is the mean negative log-likelihood in nats per image. With a folder, a
 * run that was ended in any way goes on to the losses and weights of one that was not.
 *
 * @throws TrainingError `config` for options that are wrong, `locked` where another process has the folder, `checkpoint`
 * where what is there cannot be gone on from, `non-finite` naming the step, its images and the last good checkpoint
 */
export async function train(
  model: tf.LayersModel,
  options: TrainingOptions,
  context: TrainingContext,
): Promise<TrainingOutcome> {
  const { folder, lock: given, onWarning = console.warn } = context;
  const config = parseTrainingConfig(options);
  const own = folder && !given ? await lockRunFolder(folder) : undefined;
  const lock = given ?? own;
  const run = new TrainingRun(model, config, lock ? { ...context, lock } : context, onWarning);
  try {
    return await run.run();
  } finally {
    await run.dispose();
    await own?.release();
  }
}
