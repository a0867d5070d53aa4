import { join } from 'node:path';
import type { Batch } from '@pixelrnn/data';
import { isDiskFull } from '@pixelrnn/files';
import type { MetricsLine } from '@pixelrnn/metrics';
import * as tf from '@tensorflow/tfjs';
import {
  newestWhole,
  restoreCheckpoint,
  saveCheckpoint,
  type TrainingState,
} from './checkpoint/checkpoint.js';
import {
  type CheckpointIdentity,
  identityOf,
  type TrainingProgressState,
} from './checkpoint/checkpointFormat.js';
import { engineInUse } from './engineInUse.js';
import { evaluateOn } from './evaluate.js';
import { lossLine } from './logs/lossLine.js';
import { openLogs, type RunLogs } from './logs/runLogs.js';
import { nonFiniteError } from './nonFinite.js';
import { paceOf } from './pace.js';
import { describeRun } from './parallel/describeRun.js';
import { asCommon, type Ranks } from './parallel/ranks.js';
import { requireSameRun, requireSameState } from './parallel/sameRun.js';
import { firstNonFinite, LossWindow, type WindowState } from './step/lossWindow.js';
import { requireFit } from './step/requireFit.js';
import { TrainedModel } from './step/trainedModel.js';
import { Stopwatch } from './stopwatch.js';
import type { TrainingConfig } from './trainingConfig.js';
import type { TrainingContext, TrainingOutcome } from './trainingContext.js';
import type { TrainingError } from './trainingError.js';
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
  /** Rank 0's clock says so. */
  private timeIsUp = false;

  constructor(
    private readonly model: tf.LayersModel,
    private readonly config: TrainingConfig,
    private readonly context: TrainingContext,
    private readonly ranks: Ranks,
    private readonly warn: (message: string) => void,
  ) {
    for (const dataset of [context.train, context.valid]) requireFit(model, dataset);
    this.trained = new TrainedModel(model, context.train.levels, config, ranks.communicator);
    this.checkpoints = context.folder && join(context.folder, 'checkpoint');
  }

  async run(): Promise<TrainingOutcome> {
    await this.begin();
    try {
      for (;;) {
        const { timeIsUp, checkpointIsDue } = this.ranks.decide(this.clocks());
        this.timeIsUp = timeIsUp;
        await this.logValidateAndSave(checkpointIsDue);
        if (this.finished) break;
        this.update();
        await this.yieldToEvents();
      }
    } catch (error) {
      if (this.ranks.isStop(error)) await this.checkpoint();
      throw error;
    }
    await this.checkpoint();
    this.trained.end();
    const { skipped, trained, logs } = this;
    const { step: steps, ...spent } = this.entry();
    return { steps, ...spent, skipped, best: trained.earlyStopping.best, history: logs.lines };
  }

  async dispose(): Promise<void> {
    this.trained.dispose();
    this.window.dispose();
    await this.logs?.close();
  }

  /** Takes over the checkpoint, if there is one, and opens the logs at its step. */
  private async begin(): Promise<void> {
    const { checkpoints, context, model, ranks, warn } = this;
    const { folder, train } = context;
    const { batchSize, tensorBoard } = this.config;
    if (ranks.several) {
      requireSameRun(ranks.communicator, describeRun(this.identity(0), model, context));
      ranks.requireWork(batchSize);
    }
    const found = await ranks.fromFirst(() => (checkpoints ? newestWhole(checkpoints, warn) : null));
    if (checkpoints && found) {
      const expected = (step: number) => this.identity(step);
      this.restore(await ranks.alike(() => restoreCheckpoint(checkpoints, found, model, expected)));
    }
    const { step, logged, validated } = this;
    this.start = { step, seconds: this.clock.seconds };
    const dimensions = train.height * train.width * train.channels;
    const options = { tensorBoard, step, logged, validated, dimensions, warn };
    this.logs = await openLogs(ranks, { ...options, folder });
    this.batches = this.batchesFrom(step);
    this.upcoming = this.batches.next().value;
    await this.requireSameState();
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
    const engineNow = engineInUse(this.ranks.communicator.size);
    if (engine !== engineNow) {
      this.warn(
        `The checkpoint was computed on ${engine} and goes on with ${engineNow}: not to the same bits.`,
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
  private async logValidateAndSave(checkpointIsDue: boolean): Promise<void> {
    const { step, config } = this;
    if (this.logged < step && (step % config.logEvery === 0 || this.finished)) await this.log();
    if (this.validated < step && (step % config.validateEvery === 0 || this.finished)) await this.validate();
    if (this.logged < step && this.finished) await this.log(); // that validation has ended the run
    if (!checkpointIsDue) return;
    try {
      await this.checkpoint();
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      this.savedAt = performance.now();
      this.warn(`${(error as Error).message} Training goes on; the next checkpoint tries again.`);
    }
  }

  private get finished(): boolean {
    const { steps, patience } = this.config;
    const since = this.trained.earlyStopping.best?.since ?? 0;
    return this.step >= steps || this.timeIsUp || (patience !== null && since >= patience);
  }

  private clocks() {
    const { maxSeconds, checkpointMinutes } = this.config;
    return {
      timeIsUp: maxSeconds !== null && this.clock.seconds >= maxSeconds,
      checkpointIsDue: performance.now() - this.savedAt > checkpointMinutes * 60_000,
    };
  }

  private async log(): Promise<void> {
    const { step, config, window, clock } = this;
    const state = await this.finiteWindow();
    clock.lap();
    window.clear();
    this.logged = step;
    await this.record(lossLine(this.entry(), state, config, this.skipped));
  }

  private async record(line: MetricsLine): Promise<void> {
    const { step, clock, start, config, finished } = this;
    const pace = paceOf({ step, seconds: clock.seconds, start, config, finished });
    await this.logs.add(line, pace);
    if (this.ranks.first) this.context.onProgress?.({ ...line, steps: config.steps, ...pace });
  }

  private async validate(): Promise<void> {
    const { step, config, context, trained } = this;
    await this.finiteWindow();
    const valid = config.validImages ? context.valid.subset(config.validImages) : context.valid;
    const { nats } = await trained.withEvaluated(() =>
      evaluateOn(this.ranks, this.model, valid, { onProgress: () => {} }),
    );
    if (!Number.isFinite(nats)) {
      throw this.nonFinite(
        `validation loss was not finite after step ${step}, over ${valid.count} images of ${valid.name}`,
      );
    }
    trained.validated(step, nats);
    this.validated = step;
    await this.record({ ...this.entry(), valid: nats });
    await this.logs.weights(step, this.model);
    await this.ranks.onFirst(() =>
      trained.withEvaluated(async () => context.onValidation?.(this.logs, step)),
    );
    this.clock.skip();
  }

  /** Writes a checkpoint of this step, unless there is one. */
  private async checkpoint(): Promise<void> {
    const { checkpoints, step, trained, ranks, context } = this;
    if (!checkpoints) return;
    const engine = engineInUse(ranks.communicator.size);
    const isNew = this.saved !== step;
    const window = isNew ? await this.finiteWindow() : null;
    if (isNew) await this.requireSameState();
    await ranks.onFirst(async () => {
      await this.logs.sync(); // a checkpoint's entries are on the disk before it is
      if (!window) return;
      const state = { progress: this.progress(window), identity: this.identity(step, this.upcoming), engine };
      await trained.withFinal((tensors) =>
        saveCheckpoint(checkpoints, this.model, { ...state, tensors }, context.lock),
      );
    });
    this.saved = step;
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
    return identityOf(this.config, this.context, batch);
  }

  private batchesFrom(step: number): Iterator<Batch, never> {
    const { batchSize, seed } = this.config;
    return this.context.train.batches({ batchSize, seed, step });
  }

  private entry(): Pick<MetricsLine, 'step' | 'images' | 'seconds'> {
    const { step } = this;
    return { step, images: step * this.config.batchSize, seconds: this.clock.seconds };
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
    // Loss and gradients are sums over all ranks.
    return asCommon(nonFiniteError(what, this.config, { lastGood: this.lastGood, skippable }));
  }

  private get lastGood(): string {
    if (this.saved === null) return 'there is no checkpoint yet';
    return `the last good checkpoint is of step ${this.saved}, in ${this.checkpoints}`;
  }

  private async requireSameState(): Promise<void> {
    const { ranks, trained, step, upcoming, lastGood: saved } = this;
    if (!ranks.several) return;
    const state = { weights: await trained.digest(), images: this.identity(step, upcoming).nextBatch };
    requireSameState(ranks.communicator, state, { step, saved });
  }
}
