import { readFileSync } from 'node:fs';
import { alone, type Communicator, shareOf, sumOverRanks } from '@pixelrnn/mpi';
import { LossAndGradients, RMSProp, trainableVariables, trainingStep } from '@pixelrnn/training';
import * as tf from '@tensorflow/tfjs';
import type { ParticipantArgument } from '../protocol.js';
import { modelOf } from './model.js';

export interface Trainer {
  readonly model: tf.LayersModel;
  /** Does that many updates and gives the last one's loss before it, nats per image. */
  run(steps: number): Promise<number>;
  /** Sums tensors of the gradients' shapes over all ranks, that many times. */
  reduce(times: number): void;
  /** Frees the model and the optimiser. */
  dispose(): void;
}

/**
 * The workspace's own training step on one batch in memory, which goes to the engine anew at every step.
 *
 * @param communicator the ranks that share the batch
 */
export function trainer(
  { work, images, weights }: ParticipantArgument,
  communicator: Communicator = alone,
): Trainer {
  const { learningRate, decay, epsilon, batch, levels } = work;
  const model = modelOf(work);
  if (weights) setWeights(model, JSON.parse(readFileSync(weights, 'utf8')) as number[][]);
  const variables = trainableVariables(model);
  const lossAndGradients = new LossAndGradients({ model, variables, levels });
  const optimizer = new RMSProp(variables, { learningRate, decay, epsilon });
  const { begin, end } = shareOf(batch, communicator);
  const pixels = work.height * work.width * work.colors;
  const intensities = new Uint8Array(readFileSync(images)).subarray(begin * pixels, end * pixels);
  const shape: [number, number, number, number] = [end - begin, work.height, work.width, work.colors];
  const weight = (end - begin) / batch;
  const inspect = (loss: tf.Scalar, gradients: tf.Tensor[]) =>
    sumOverRanks(communicator, [loss, ...gradients], weight).slice(1);
  return {
    model,
    async run(steps) {
      let loss = tf.scalar(Number.NaN);
      for (let step = 0; step < steps; step++) {
        loss.dispose();
        loss = trainingStep({ lossAndGradients, optimizer, inspect }, { intensities, shape });
      }
      const last = (await loss.data())[0] as number;
      loss.dispose();
      return last;
    },
    reduce(times) {
      for (let i = 0; i < times; i++) {
        tf.tidy(() => void sumOverRanks(communicator, variables, 1 / communicator.size));
      }
    },
    dispose() {
      optimizer.dispose();
      model.dispose();
    },
  };
}

function setWeights(model: tf.LayersModel, flat: number[][]): void {
  tf.tidy(() => {
    for (const [i, weight] of model.trainableWeights.entries()) {
      weight.write(tf.tensor(flat[i] as number[], weight.shape as number[]));
    }
  });
}
