import { createHash } from 'node:crypto';
import type { Batch } from '@pixelrnn/data';
import { alone, type Communicator, shareOf, sumOverRanks } from '@pixelrnn/mpi';
import type * as tf from '@tensorflow/tfjs';
import type { TrainingState } from '../checkpoint/checkpoint.js';
import { createOptimizer } from '../optimizer/createOptimizer.js';
import type { Optimizer } from '../optimizer/optimizer.js';
import { learningRateAt } from '../optimizer/schedule.js';
import { shareOfBatch } from '../parallel/shareOfBatch.js';
import type { TrainingConfig } from '../trainingConfig.js';
import { clipByGlobalNorm, squaredNorm } from './clipping.js';
import { EarlyStopping } from './earlyStopping.js';
import { flatten, setWeights, withWeights } from './flatWeights.js';
import { keptConditions } from './labelCondition.js';
import { LossAndGradients } from './lossAndGradients.js';
import { type LossWindow, stepNumbers } from './lossWindow.js';
import { trainableVariables } from './objective.js';
import { trainingStep } from './trainingStep.js';
import { WeightAverage } from './weightAverage.js';

/** A model in training: its weights, those that an optimiser, an average and early stopping keep beside them. */
export class TrainedModel {
  private readonly variables: tf.Variable[];
  private readonly lossAndGradients: LossAndGradients;
  private readonly optimizer: Optimizer;
  private readonly average: WeightAverage | null;
  readonly earlyStopping: EarlyStopping;

  /**
   * @param levels of the images' intensities
   * @param communicator the ranks that share every batch
   */
  constructor(
    model: tf.LayersModel,
    levels: number,
    private readonly config: TrainingConfig,
    private readonly communicator: Communicator = alone,
  ) {
    this.variables = trainableVariables(model);
    const objective = { model, variables: this.variables, levels, loss: config.loss };
    this.lossAndGradients = new LossAndGradients(objective, { replay: config.replay });
    this.optimizer = createOptimizer(this.variables, config);
    this.average = config.emaDecay === null ? null : new WeightAverage(this.variables, config.emaDecay);
    const { patience, minDelta } = config;
    this.earlyStopping = new EarlyStopping({ minDelta, keepWeights: patience !== null });
  }

  /**
   * One update. Its loss and gradient norm go into the window, unless it is skipped. Of several ranks each computes loss and
   * gradients of its images; the update is that of the mean over all of them.
   *
   * @param step from 0
   * @param batch all ranks'
   * @returns whether the update took place: with `nonFinite: 'skip'`, not where loss or gradient are not finite
   */
  step(step: number, batch: Batch, window: LossWindow): boolean {
    const { lossAndGradients, optimizer, config, communicator } = this;
    const share = shareOfBatch(batch, communicator);
    const weight = share.shape[0] / batch.shape[0];
    let updated = true;
    const inspect = (ownLoss: tf.Scalar, ownGradients: tf.Tensor[]) => {
      const means = sumOverRanks(communicator, [ownLoss, ...ownGradients], weight);
      const [loss, ...gradients] = means as [tf.Scalar, ...tf.Tensor[]];
      const flat = flatten(gradients);
      const squared = squaredNorm(flat);
      const numbers = stepNumbers(loss, squared);
      if (config.nonFinite === 'skip' && !numbers.dataSync().every(Number.isFinite)) {
        updated = false;
        return null;
      }
      window.add(numbers);
      return config.clipNorm === null
        ? gradients
        : clipByGlobalNorm({ flat, squared, clipNorm: config.clipNorm }, gradients);
    };
    const rate = learningRateAt(config, step);
    const { seed, dropCondition: drop } = config;
    const { begin, end } = shareOf(batch.shape[0], communicator);
    const kept = keptConditions(batch.shape[0], { drop, seed, step }).slice(begin, end);
    trainingStep({ lossAndGradients, optimizer, rate, inspect, kept }, share).dispose();
    if (updated) this.average?.update(this.updates);
    return updated;
  }

  get updates(): number {
    return this.optimizer.state().updates;
  }

  /** Runs `body` with the weights that are evaluated: their average where there is one. */
  async withEvaluated<T>(body: () => Promise<T>): Promise<T> {
    return this.average ? withWeights(this.variables, this.average.weights, body) : body();
  }

  /** Notes a validation of the weights that are evaluated. */
  validated(step: number, nats: number): void {
    const weights = this.average ? this.average.weights : flatten(this.variables);
    this.earlyStopping.offer(step, nats, weights);
    if (!this.average) weights.dispose();
  }

  /**
   * Runs `body` with the weights that the run would end with now: with early stopping the best, else those that are
   * evaluated. It is given every tensor that a checkpoint needs beside them.
   */
  async withFinal<T>(body: (tensors: TrainingState['tensors']) => Promise<T>): Promise<T> {
    const tensors: TrainingState['tensors'] = { optimizer: this.optimizer.state().tensors };
    if (this.average) tensors.average = [this.average.weights];
    if (this.earlyStopping.weights) tensors.best = [this.earlyStopping.weights];
    const final = this.final;
    if (!final) return body(tensors);
    const weights = flatten(this.variables);
    try {
      return await withWeights(this.variables, final, () => body({ ...tensors, weights: [weights] }));
    } finally {
      weights.dispose();
    }
  }

  /** SHA-256 of every number that the next steps follow from. */
  async digest(): Promise<string> {
    const hash = createHash('sha256');
    const tensors = [...this.variables, ...this.optimizer.state().tensors];
    if (this.average) tensors.push(this.average.weights);
    for (const tensor of tensors) {
      const { buffer, byteOffset, byteLength } = await tensor.data();
      hash.update(new Uint8Array(buffer, byteOffset, byteLength));
    }
    return hash.digest('hex');
  }

  /** Takes over what a checkpoint had, whose model's weights are in the model; the tensors stay the caller's. */
  restore({ progress, tensors }: TrainingState): void {
    const [weights] = tensors.weights ?? [];
    if (weights) setWeights(this.variables, weights as tf.Tensor1D);
    this.optimizer.restore({ updates: progress.updates, tensors: tensors.optimizer ?? [] });
    const [average] = tensors.average ?? [];
    if (average) this.average?.restore(average);
    if (progress.best) this.earlyStopping.restore(progress.best, tensors.best?.[0] ?? null);
  }

  /** Leaves the model with the weights that the run ends with. */
  end(): void {
    if (this.final) setWeights(this.variables, this.final);
  }

  dispose(): void {
    this.optimizer.dispose();
    this.average?.dispose();
    this.earlyStopping.dispose();
  }

  /** Null where they are the model's own. */
  private get final(): tf.Tensor1D | null {
    return this.earlyStopping.weights ?? this.average?.weights ?? null;
  }
}
