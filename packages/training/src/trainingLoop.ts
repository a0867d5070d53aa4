import { join } from 'node:path';
import type { Batch } from '@pixelrnn/data';
import { isDiskFull } from '@pixelrnn/files';
import { kernelsInUse } from '@pixelrnn/kernels';
import type { MetricsLine } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import { restoreCheckpoint, saveCheckpoint, type TrainingState } from './checkpoint/checkpoint.js';
import {
  type CheckpointIdentity,
  sha256,
  type TrainingProgressState,
} from './checkpoint/checkpointFormat.js';
import { evaluate } from './evaluate.js';
import { RunLogs } from './logs/runLogs.js';
import { learningRateAt } from './optimizer/schedule.js';
import { requireLabels } from './step/labelCondition.js';
import { firstNonFinite, LossWindow, type WindowState, windowMeans } from './step/lossWindow.js';
import { TrainedModel } from './step/trainedModel.js';
import { Stopwatch } from './stopwatch.js';
import type { TrainingConfig } from './trainingConfig.js';
import type { TrainingContext, TrainingOutcome } from './trainingContext.js';
import { TrainingError } from './trainingError.js';
import { eventYielder } from './yieldToEvents.js';

/** So many skipped updates in a row are no accident. */
const mostSkips = 100;

/** One call of `train`: the steps, and when it logs, validates, saves and ends. */
export class TrainingLoop {
  private readonly trained: TrainedModel;
  private readonly window = new LossWindow();
  private readonly clock = new Stopwatch();
  private readonly yieldToEvents = eventYielder();
  private readonly checkpoints: string | undefined;
  private logs!: RunLogs;
  private batches!: Iterator<Batch, never>;
  private upcoming!: Batch;
  private step = 0;
  private skipped = 0;
  private skippedInARow = 0;
  private logged = 0;
  private validated = 0;
  /** Step of the last checkpoint, and when it was written or last failed. */
  private saved: number | null = null;
  private savedAt = performance.now();
  private start = { step: 0, seconds: 0 };

  constructor(
    private readonly model: tf.LayersModel,
    private readonly config: TrainingConfig,
    private readonly context: TrainingContext,
    private readonly warn: (message: string) => void,
  ) {
    for (const dataset of [context.train, context.valid]) requireLabels(model, dataset);
    this.trained = new TrainedModel(model, context.train.levels, config);
    this.checkpoints = context.folder && join(context.folder, 'checkpoint');
  }

  async run(): Promise<TrainingOutcome> {
    const { signal } = this.context;
    await this.begin();
    try {
      for (;;) {
        signal?.throwIfAborted();
        await this.logValidateAndSave();
        if (this.finished) break;
        this.update();
        await this.yieldToEvents();
      }
    } catch (error) {
      if (signal?.aborted && error === signal.reason) await this.checkpoint();
      throw error;
    }
    await this.checkpoint();
    this.trained.end();
    const { step, skipped, trained } = this;
    const { lines: history } = this.logs;
    const best = trained.earlyStopping.best;
    return { steps: step, images: this.images, seconds: this.clock.seconds, skipped, best, history };
  }

  async dispose(): Promise<void> {
    this.trained.dispose();
    this.window.dispose();
    await this.logs?.close();
  }

  /** Takes over the checkpoint, if there is one, and opens the logs at its step. */
  private async begin(): Promise<void> {
    const { folder, train } = this.context;
    if (this.checkpoints) {
      const state = await restoreCheckpoint(this.checkpoints, this.model, (s) => this.identity(s), this.warn);
      if (state) this.restore(state);
    }
    const { step, config } = this;
    this.start = { step, seconds: this.clock.seconds };
    const dimensions = train.height * train.width * train.channels;
    const { tensorBoard } = config;
    this.logs = await RunLogs.open({ folder, tensorBoard, step, dimensions, warn: this.warn });
    this.batches = this.batchesFrom(step);
    this.upcoming = this.batches.next().value;
    this.clock.skip();
  }

  private restore(state: TrainingState): void {
    const { progress, tensors, engine } = state;
    this.trained.restore(state);
    tf.dispose(tensors);
    this.window.restore(progress.window);
    ({ step: this.step, skipped: this.skipped } = progress);
    ({ logged: this.logged, validated: this.validated } = progress);
    this.clock.seconds = progress.seconds;
    this.saved = progress.step;
    if (engine !== engineInUse()) {
      this.warn(
        `The checkpoint was computed on ${engine} and goes on with ${engineInUse()}: not to the same bits.`,
      );
    }
  }

  private update(): void {
    const { step, upcoming } = this;
    const updated = this.trained.step(step, upcoming, this.window);
    this.upcoming = this.batches.next().value;
    this.step++;
    this.clock.lap();
    this.skippedInARow = updated ? 0 : this.skippedInARow + 1;
    if (updated) return;
    this.skipped++;
    this.warn(`Step ${this.step}: loss or gradient not finite, update skipped; images ${upcoming.indices}.`);
    if (this.skippedInARow < mostSkips) return;
    throw this.nonFinite(
      `loss or gradient was not finite at ${mostSkips} steps in a row, the last of them ${this.batchAt(step)}`,
    );
  }

  /** Whatever is due at this step, each at most once: an entry of the loss, a validation, a checkpoint. */
  private async logValidateAndSave(): Promise<void> {
    const { step, config } = this;
    if (this.logged < step && (step % config.logEvery === 0 || this.finished)) await this.log();
    if (this.validated < step && (step % config.validateEvery === 0 || this.finished)) await this.validate();
    if (this.logged < step && this.finished) await this.log(); // that validation has ended the run
    if (performance.now() - this.savedAt <= config.checkpointMinutes * 60_000) return;
    try {
      await this.checkpoint();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.savedAt = performance.now();
      this.warn(`${(error as Error).message} Training goes on; the next checkpoint tries again.`);
    }
  }

  private get finished(): boolean {
    const { steps, maxSeconds, patience } = this.config;
    const since = this.trained.earlyStopping.best?.since ?? 0;
    return (
      this.step >= steps ||
      (maxSeconds !== null && this.clock.seconds >= maxSeconds) ||
      (patience !== null && since >= patience)
    );
  }

  private async log(): Promise<void> {
    const { step, config, context, window, clock } = this;
    const state = await this.finiteWindow();
    clock.lap();
    window.clear();
    this.logged = step;
    const line: MetricsLine = { ...this.entry(), learningRate: learningRateAt(config, step - 1) };
    if (state.steps > 0) {
      const { loss, gradientNorm } = windowMeans(state);
      Object.assign(line, { [config.loss === 'mse' ? 'squaredError' : 'train']: loss, gradientNorm });
    }
    if (config.nonFinite === 'skip') line.skipped = this.skipped;
    const seconds = (clock.seconds - this.start.seconds) / Math.max(1, step - this.start.step);
    const imagesPerSecond = config.batchSize / seconds;
    await this.logs.add(line, [{ tag: 'training/images per second', scalar: imagesPerSecond }]);
    const byTime = config.maxSeconds === null ? Number.POSITIVE_INFINITY : config.maxSeconds - clock.seconds;
    const secondsLeft = this.finished ? 0 : Math.max(0, Math.min((config.steps - step) * seconds, byTime));
    context.onProgress?.({ ...line, steps: config.steps, imagesPerSecond, secondsLeft });
  }

  private async validate(): Promise<void> {
    const { step, config, context, trained } = this;
    await this.finiteWindow();
    const valid = config.validImages ? context.valid.subset(config.validImages) : context.valid;
    const { signal } = context;
    const { nats } = await trained.withEvaluated(() =>
      evaluate(this.model, valid, { signal, onProgress: () => {} }),
    );
    if (!Number.isFinite(nats)) {
      throw this.nonFinite(
        `validation loss was not finite after step ${step}, over ${valid.count} images of ${valid.name}`,
      );
    }
    await this.logs.add({ ...this.entry(), valid: nats });
    await this.logs.weights(step, this.model);
    trained.validated(step, nats);
    this.validated = step;
    await context.onValidation?.(this.logs, step);
    this.clock.skip();
  }

  /** Writes a checkpoint of this step, unless there is one. */
  private async checkpoint(): Promise<void> {
    const { checkpoints, step, trained } = this;
    if (!checkpoints) return;
    if (this.saved !== step) {
      const window = await this.finiteWindow();
      await this.context.lock?.assertHeld();
      await this.logs.sync(); // a checkpoint's entries are on the disk before it is
      const progress = this.progress(window);
      const identity = this.identity(step, this.upcoming);
      const state = { progress, identity, engine: engineInUse() };
      await trained.withFinal((tensors) => saveCheckpoint(checkpoints, this.model, { ...state, tensors }));
      this.saved = step;
    } else {
      await this.logs.sync();
    }
    this.savedAt = performance.now();
    this.clock.skip();
  }

  private progress(window: WindowState): TrainingProgressState {
    const { step, skipped, logged, validated, trained } = this;
    const best = trained.earlyStopping.best;
    const { updates } = trained;
    return { step, seconds: this.clock.seconds, updates, skipped, logged, validated, window, best };
  }

  private identity(step: number, batch = this.batchesFrom(step).next().value): CheckpointIdentity {
    const { name, count, height, width, channels, levels } = this.context.train;
    const next = Buffer.concat([Buffer.from(batch.indices.buffer), batch.intensities]);
    return {
      config: { ...this.config },
      data: { name, images: count, shape: [height, width, channels], levels },
      nextBatch: sha256(next),
    };
  }

  private batchesFrom(step: number): Iterator<Batch, never> {
    const { batchSize, seed } = this.config;
    return this.context.train.batches({ batchSize, seed, step });
  }

  private get images(): number {
    return this.step * this.config.batchSize;
  }

  private entry(): Pick<MetricsLine, 'step' | 'images' | 'seconds'> {
    return { step: this.step, images: this.images, seconds: this.clock.seconds };
  }

  /** The window's sums. @throws TrainingError `non-finite` where they are not finite */
  private async finiteWindow(): Promise<WindowState> {
    const state = await this.window.state();
    const first = firstNonFinite(state);
    if (!first) return state;
    const batch = this.batchAt(this.step - state.steps + first.step);
    throw this.nonFinite(`${first.what} was not finite at ${batch}`, this.config.nonFinite === 'stop');
  }

  /** @param step from 0 */
  private batchAt(step: number): string {
    const { indices } = this.batchesFrom(step).next().value;
    return `step ${step + 1}, images ${indices.join(', ')} of ${this.context.train.name}`;
  }

  /** @param skippable the update could have been skipped */
  private nonFinite(what: string, skippable = false): TrainingError {
    const last =
      this.saved === null
        ? 'there is no checkpoint yet'
        : `the last good checkpoint is of step ${this.saved}, in ${this.checkpoints}`;
    const clipping = this.config.clipNorm === null ? 'set clipNorm' : 'lower clipNorm';
    return new TrainingError(
      'non-finite',
      `The ${what}; ${last}. Lower the learning rate${skippable ? ',' : ' or'} ${clipping}` +
        `${skippable ? ", or set nonFinite to 'skip'" : ''}.`,
    );
  }
}

function engineInUse(): string {
  return `${tf.getBackend()}, ${kernelsInUse()} kernels`;
}
