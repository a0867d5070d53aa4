import type { ImageDataset } from '@pixelrnn/data';
import * as tf from '@tensorflow/tfjs';
import { evaluate } from './evaluate.js';
import { LossWindow } from './step/lossWindow.js';
import { TrainedModel } from './step/trainedModel.js';
import { parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';

/** What training and evaluation will cost here, from one step. */
export interface Estimate {
  secondsPerStep: number;
  /** What an evaluation takes. */
  secondsPerImage: number;
  /** Size of all tensors at the peak of a step: weights, gradients, the optimiser's state, maps. */
  tensorBytes: number;
  /** Size of the whole process after it: engine and dataset too. */
  processBytes: number;
  /** Images of the step that was measured; fewer than a batch where a whole one would take long. */
  images: number;
}

/** A whole batch is measured only where it is expected to take no longer than this. */
const longStep = 20;

/** Such a step is measured a second time. */
const quickStep = 5;

/**
 * Measures one training step and one evaluation, after a first step of a single image that also finds out how many
 * images are affordable. The model's weights are changed: it is good for nothing else afterwards.
 */
export async function estimate(
  model: tf.LayersModel,
  options: TrainingOptions,
  train: ImageDataset,
): Promise<Estimate> {
  const config = parseTrainingConfig(options);
  const trained = new TrainedModel(model, train.levels, config);
  const window = new LossWindow();
  const step = async (images: number) => {
    const batch = train.batches({ batchSize: images, seed: config.seed }).next().value;
    const start = performance.now();
    trained.step(0, batch, window);
    await window.state(); // all of it is computed by then
    return (performance.now() - start) / 1000;
  };
  try {
    await step(1);
    const one = await step(1);
    const images = one * config.batchSize > longStep ? 1 : config.batchSize;
    let seconds = 0;
    const { peakBytes } = await tf.profile(async () => {
      seconds = await step(images);
    });
    if (seconds < quickStep) {
      // The first ones of a size take longer than those that repeat them.
      for (let i = 0; i < 3; i++) seconds = await step(images);
    }
    const start = performance.now();
    await evaluate(model, train.subset(images));
    return {
      secondsPerStep: (seconds * config.batchSize) / images,
      secondsPerImage: (performance.now() - start) / 1000 / images,
      tensorBytes: peakBytes,
      processBytes: process.memoryUsage.rss(),
      images,
    };
  } finally {
    trained.dispose();
    window.dispose();
  }
}
