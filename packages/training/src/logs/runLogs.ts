import { join } from 'node:path';
import type { MetricsLine } from '@pixelrnn/metrics';
import type * as tf from '@tensorflow/tfjs';
import type { Pace } from '../pace.js';
import type { Ranks } from '../parallel/ranks.js';
import { MetricsLog } from './metricsLog.js';
import type { SummaryValue } from './tensorBoard/event.js';
import { EventFile } from './tensorBoard/eventFile.js';
import { histogram } from './tensorBoard/histogram.js';
import { pngSize } from './tensorBoard/pngSize.js';

export interface RunLogsOptions {
  /** The run folder; nothing is written without. */
  folder: string | undefined;
  /** Event files too. */
  tensorBoard: boolean;
  /** The step at which the run begins or resumes. */
  step: number;
  /** The steps of its last entry of the loss and of its last validation by then. */
  logged: number;
  validated: number;
  /** Height x width x colours, for bits/dim; null leaves those out. */
  dimensions: number;
  warn: (message: string) => void;
}

/** The logs of a run: rank 0's are written, those of the others stay in memory. */
export async function openLogs(ranks: Ranks, options: RunLogsOptions): Promise<RunLogs> {
  let logs: RunLogs | undefined;
  await ranks.onFirst(async () => {
    logs = await RunLogs.open(options);
  });
  return logs ?? RunLogs.open({ ...options, folder: undefined });
}

/** What a run writes down as it goes: `metrics.jsonl`, and the event files in `tensorboard/`. */
export class RunLogs {
  private full = false;

  private constructor(
    private readonly options: RunLogsOptions,
    private readonly metrics: MetricsLog,
    private readonly events: EventFile | undefined,
  ) {}

  static async open(options: RunLogsOptions): Promise<RunLogs> {
    const { folder, tensorBoard, step } = options;
    const metrics = await MetricsLog.open(folder, options);
    const events =
      folder && tensorBoard ? await EventFile.open(join(folder, 'tensorboard'), step) : undefined;
    return new RunLogs(options, metrics, events);
  }

  /** Every entry of the run, of its earlier parts too. */
  get lines(): MetricsLine[] {
    return this.metrics.lines;
  }

  async add(line: MetricsLine, { imagesPerSecond }: Pick<Pace, 'imagesPerSecond'>): Promise<void> {
    this.tellOfFullDisk(await this.metrics.add(line));
    const speed = { tag: 'training/images per second', scalar: imagesPerSecond };
    await this.event(line.step, [...this.scalars(line), ...(line.valid === undefined ? [speed] : [])]);
  }

  /** The distribution of every weight. */
  async weights(step: number, model: tf.LayersModel): Promise<void> {
    if (!this.events) return;
    const values: SummaryValue[] = [];
    for (const weight of model.trainableWeights) {
      const tag = `weights/${weight.originalName}`;
      values.push({ tag, histogram: histogram(await weight.read().data()) });
    }
    await this.event(step, values);
  }

  /** @param png encoded */
  async image(step: number, tag: string, png: Uint8Array): Promise<void> {
    await this.event(step, [{ tag, image: { png, ...pngSize(png) } }]);
  }

  /** @throws Error where something cannot be written */
  async sync(): Promise<void> {
    await this.metrics.sync();
    await this.events?.sync();
  }

  async close(): Promise<void> {
    await this.metrics.close();
    await this.events?.close();
  }

  private scalars(line: MetricsLine): SummaryValue[] {
    const { train, squaredError, valid, learningRate, gradientNorm, skipped } = line;
    const bits = (nats: number) => nats / (Math.LN2 * this.options.dimensions);
    const values: [string, number | undefined][] = [
      ['nats per image/train', train],
      ['nats per image/valid', valid],
      ['squared error per image/train', squaredError],
      ['bits per dimension/train', train && bits(train)],
      ['bits per dimension/valid', valid && bits(valid)],
      ['training/learning rate', learningRate],
      ['training/gradient norm', gradientNorm],
      ['training/skipped updates', skipped],
    ];
    return values.flatMap(([tag, scalar]) => (scalar === undefined ? [] : [{ tag, scalar }]));
  }

  private async event(step: number, values: SummaryValue[]): Promise<void> {
    if (this.events) this.tellOfFullDisk(await this.events.add(step, values));
  }

  /** Says once that the disk is full, and once that it is not any more. */
  private tellOfFullDisk(written: boolean): void {
    if (written === !this.full) return;
    this.full = !written;
    this.options.warn(
      written
        ? 'The logs are complete again.'
        : 'The disk is full: the logs are kept in memory and tried again.',
    );
  }
}
