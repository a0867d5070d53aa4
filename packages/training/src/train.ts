import type { ImageDataset } from '@pixelrnn/data';
import type { MetricsLine } from '@pixelrnn/metrics';
import type * as tf from '@tensorflow/tfjs';
import type { BestValidation } from './bestWeights.js';
import { lockRunFolder, type RunLock } from './runLock.js';
import type { RunLogs } from './runLogs.js';
import { parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';
import { TrainingRun } from './trainingRun.js';

export interface TrainingProgress extends MetricsLine {
  steps: number;
  imagesPerSecond: number;
  /** Estimated training seconds to the end. */
  secondsLeft: number;
}

export interface TrainingOutcome {
  steps: number;
  images: number;
  seconds: number;
  /** Updates left out because loss or gradient were not finite. */
  skipped: number;
  /** The best validation, whose weights the model has now with early stopping; null where there was none. */
  best: BestValidation | null;
  /** Every entry of the metrics log, of earlier parts of a resumed run too. */
  history: MetricsLine[];
}

export interface TrainingContext {
  train: ImageDataset;
  valid: ImageDataset;
  /**
   * Where `metrics.jsonl`, `tensorboard/` and `checkpoint/` go, and from where an unfinished run is resumed; nothing is
   * written without.
   */
  folder?: string;
  /** Of the folder, where the caller has it already; else it is locked while training. */
  lock?: RunLock;
  /** Once it is aborted, training writes a checkpoint and throws the signal's reason. */
  signal?: AbortSignal;
  onProgress?: (progress: TrainingProgress) => void;
  /** After each validation; what it draws can go into the logs. Its time is not training time. */
  onValidation?: (logs: Pick<RunLogs, 'image'>, step: number) => Promise<void>;
  /** What is worth saying and stops nothing; to stderr by default. */
  onWarning?: (message: string) => void;
}

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
