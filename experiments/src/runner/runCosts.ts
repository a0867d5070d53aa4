import type { DatasetSplits } from '@pixelrnn/data';
import { type Estimate, estimate } from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import type { RowSettings } from './settings.js';
import { trainingOptions } from './trainingOptions.js';

/** What one run will take here. */
export interface RunCosts {
  measured: Estimate;
  /** Seconds. */
  training: number;
  evaluation: number;
  /** Bytes of the process at the peak. */
  memory: number;
  /** Bytes of the run folder: two checkpoints and the logs. */
  disk: number;
}

/** Bytes of an entry in metrics.jsonl and in TensorBoard's files, as found. */
const entryBytes = { metrics: 170, tensorBoard: 350 };

/** Measures a step of the model, which is good for nothing else afterwards. */
export async function runCosts(
  model: tf.LayersModel,
  settings: RowSettings,
  data: DatasetSplits,
  seed: number,
): Promise<RunCosts> {
  const { steps, maxSeconds, validateEvery, validImages, testImages, trainImages } = settings;
  const weights = model.countParams();
  const measured = await estimate(model, trainingOptions(settings, seed), data.train);
  const valid = validImages ?? data.valid.count;
  const training = Math.min(steps * measured.secondsPerStep, maxSeconds ?? Number.POSITIVE_INFINITY);
  const trained = Math.min(steps, Math.ceil(training / measured.secondsPerStep));
  const validations = Math.ceil(trained / validateEvery) + 1;
  const evaluated = validations * valid + (testImages ?? data.test.count) + trainImages;
  return {
    measured,
    training,
    evaluation: evaluated * measured.secondsPerImage,
    memory: Math.max(measured.processBytes, measured.tensorBytes),
    disk: diskBytes(settings, weights, trained / settings.logEvery + validations),
  };
}

/** Two checkpoints, each with weights, the optimiser's means, averaged and best weights where there are any; and the logs. */
export function diskBytes(
  {
    optimizer,
    emaDecay,
    patience,
    tensorBoard,
  }: Pick<RowSettings, 'optimizer' | 'emaDecay' | 'patience' | 'tensorBoard'>,
  weights: number,
  entries: number,
): number {
  const copies =
    1 + (optimizer === 'adam' ? 2 : 1) + (emaDecay === null ? 0 : 1) + (patience === null ? 0 : 1);
  const entry = entryBytes.metrics + (tensorBoard ? entryBytes.tensorBoard : 0);
  return 2 * 4 * weights * copies + Math.ceil(entries) * entry;
}
