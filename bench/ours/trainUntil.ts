import type { ImageDataset } from '@pixelrnn/data';
import { evaluate, LossAndGradients, RMSProp, trainableVariables, trainingStep } from '@pixelrnn/training';
import { type NatsWork, rmsProp } from '../works.js';
import { modelOf } from './model.js';

export interface TrainUntilOptions {
  train: ImageDataset;
  valid: ImageDataset;
  /** Validation nats per image that end the training. */
  nats: number;
  /** Steps between two validations. */
  validateEvery: number;
  /** Ends the training all the same. */
  longestSeconds: number;
  onValidation?: (at: { images: number; seconds: number; nats: number }) => void;
}

export interface TrainedUntil {
  /** Whether it got there. */
  there: boolean;
  /** Last validation nats. */
  reached: number;
  images: number;
  /** Wall time of the steps, without validations. */
  seconds: number;
  curve: { images: number; seconds: number; nats: number }[];
}

/** Trains the model of a work from its initial weights, with the recipe of all participants, until a validation is good enough. */
export async function trainUntil(
  work: NatsWork,
  { train, valid, nats: wanted, validateEvery, longestSeconds, onValidation }: TrainUntilOptions,
): Promise<TrainedUntil> {
  const { batch, learningRate, levels } = work;
  const { decay, epsilon } = rmsProp;
  const model = modelOf(work);
  const variables = trainableVariables(model);
  const lossAndGradients = new LossAndGradients({ model, variables, levels });
  const optimizer = new RMSProp(variables, { learningRate, decay, epsilon });
  const batches = train.batches({ batchSize: batch, seed: 0 });
  const curve: TrainedUntil['curve'] = [];
  let seconds = 0;
  try {
    for (let steps = validateEvery; ; steps += validateEvery) {
      const start = performance.now();
      for (let step = 0; step < validateEvery; step++) {
        const { intensities, shape } = batches.next().value;
        const loss = trainingStep({ lossAndGradients, optimizer }, { intensities, shape });
        if (step === validateEvery - 1) await loss.data(); // the engine has done what it was told
        loss.dispose();
      }
      seconds += (performance.now() - start) / 1000;
      const { nats } = await evaluate(model, valid);
      const at = { images: steps * batch, seconds, nats };
      curve.push(at);
      onValidation?.(at);
      const there = nats <= wanted;
      if (there || seconds >= longestSeconds)
        return { there, reached: nats, images: at.images, seconds, curve };
    }
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}
