import { join } from 'node:path';
import type { ImageDataset } from '@pixelrnn/data';
import type { MetricsLine } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { hasCheckpoint, restoreCheckpoint, saveCheckpoint } from './checkpoint.js';
import { evaluate } from './evaluate.js';
import { MetricsLog } from './metricsLog.js';
import { RMSProp } from './rmsProp.js';
import { trainableVariables, trainingStep } from './trainingStep.js';

export interface TrainingOptions {
  /** Updates in all, counting those of the run that is resumed. */
  steps: number;
  /** Stop after this many training seconds, if that comes first. */
  maxSeconds?: number | null;
  batchSize: number;
  learningRate: number;
  /** Of RMSProp; default 0.99. */
  decay?: number;
  /** Steps between two entries of the training loss. */
  logEvery: number;
  /** Steps between two validations; the last step always has one. */
  validateEvery: number;
  /** Validation images, from the front of the split; all by default. */
  validImages?: number | null;
  /** Seconds between two checkpoints; the end always has one. */
  checkpointSeconds?: number;
  /** Of the order of the images. */
  seed: number;
}

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
  /** Every entry of the metrics log, of earlier parts of a resumed run too. */
  history: MetricsLine[];
}

export interface TrainingContext {
  train: ImageDataset;
  valid: ImageDataset;
  /** Where `metrics.jsonl` and `checkpoint/` go, and from where an unfinished run is resumed; nothing is written without. */
  folder?: string;
  onProgress?: (progress: TrainingProgress) => void;
}

/**
 * Trains a model by maximum likelihood with RMSProp: the loss is the mean negative log-likelihood in nats per image.
 *
 * @throws Error if the loss is not finite, naming the step
 */
export async function train(
  model: tf.LayersModel,
  options: TrainingOptions,
  { train, valid, folder, onProgress }: TrainingContext,
): Promise<TrainingOutcome> {
  const variables = trainableVariables(model);
  const optimizer = new RMSProp(variables, { learningRate: options.learningRate, decay: options.decay });
  const checkpoints = folder && join(folder, 'checkpoint');
  const validSubset = options.validImages ? valid.subset(options.validImages) : valid;
  let step = 0;
  let seconds = 0;

  if (checkpoints && (await hasCheckpoint(checkpoints))) {
    const state = await restoreCheckpoint(checkpoints, model);
    optimizer.restore(state.optimizer);
    tf.dispose(state.optimizer);
    ({ step, seconds } = state);
  }
  const log = await MetricsLog.open(folder, step);
  const checkpoint = async () => {
    if (checkpoints)
      await saveCheckpoint(checkpoints, model, { step, seconds, optimizer: optimizer.state() });
  };

  const batches = train.batches({ batchSize: options.batchSize, seed: options.seed, step });
  const { maxSeconds, checkpointSeconds = 300 } = options;
  let loss = tf.scalar(0);
  let lossSteps = 0;
  let lastCheckpoint = performance.now();
  let mark = performance.now();
  const startSeconds = seconds;
  const startStep = step;
  const finished = () => step >= options.steps || (maxSeconds != null && seconds >= maxSeconds);

  while (!finished()) {
    const batch = batches.next().value;
    const value = trainingStep({ model, variables, optimizer, levels: train.levels }, batch);
    const total = tf.add(loss, value) as tf.Scalar;
    tf.dispose([loss, value]);
    loss = total;
    step++;
    lossSteps++;
    const now = performance.now();
    seconds += (now - mark) / 1000;
    mark = now;

    if (step % options.logEvery === 0 || finished()) {
      const mean = (await loss.data())[0] as number;
      if (!Number.isFinite(mean)) {
        throw new Error(
          `The loss was ${mean / lossSteps} at step ${step}: lower the learning rate or start afresh.`,
        );
      }
      loss.dispose();
      loss = tf.scalar(0);
      const line: MetricsLine = { step, images: step * options.batchSize, seconds, train: mean / lossSteps };
      lossSteps = 0;
      await log.add(line);
      const rate = (seconds - startSeconds) / (step - startStep);
      const left = Math.min(
        (options.steps - step) * rate,
        maxSeconds == null ? Number.POSITIVE_INFINITY : maxSeconds - seconds,
      );
      onProgress?.({
        ...line,
        steps: options.steps,
        imagesPerSecond: options.batchSize / rate,
        secondsLeft: Math.max(0, left),
      });
    }
    if (step % options.validateEvery === 0 || finished()) {
      const { nats } = await evaluate(model, validSubset);
      await log.add({ step, images: step * options.batchSize, seconds, valid: nats });
      mark = performance.now();
    }
    if (performance.now() - lastCheckpoint > checkpointSeconds * 1000) {
      await checkpoint();
      lastCheckpoint = mark = performance.now();
    }
  }
  await checkpoint();
  loss.dispose();
  optimizer.dispose();
  return { steps: step, images: step * options.batchSize, seconds, history: log.lines };
}
