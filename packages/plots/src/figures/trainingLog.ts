import { PlotError } from './figure.js';
import type { TrainingRun } from './trainingRun.js';

/** An entry of a run's `metrics.jsonl`, as far as curves need it; losses in nats per image. */
export interface LogEntry {
  step: number;
  /** Images seen so far; needed where the horizontal axis counts images. */
  images?: number | undefined;
  /** Seconds of training so far; needed where it counts hours. */
  seconds?: number | undefined;
  train?: number | undefined;
  valid?: number | undefined;
}

/** A run as its log has it: `train(...).history`, or what `readMetricsLog` reads from a run's folder. */
export interface LoggedRun {
  label: string;
  /** In the order written; training and validation loss of a step may be one entry or two, and a later entry replaces an earlier one. */
  log: readonly LogEntry[];
  /** Values of an image, height x width x colours: needed where the figure is in bits/dim, as the log is in nats per image. */
  dimensions?: number;
}

/** What a curve's horizontal axis counts. */
export type Horizontal = 'steps' | 'images' | 'hours';

/** Where an entry stands on the axis; undefined where the log does not say. */
function placeOf({ step, images, seconds }: LogEntry, horizontal: Horizontal): number | undefined {
  if (horizontal === 'steps') return step;
  return horizontal === 'images' ? images : seconds && seconds / 3600;
}

const needed = { steps: 'step', images: 'images seen', hours: 'seconds of training' } as const;

/** The losses of a logged run in the unit of a figure, one place a step. */
export function fromLog(run: LoggedRun, unit: 'nats' | 'bits/dim', horizontal: Horizontal): TrainingRun {
  const { label, log, dimensions } = run;
  if (unit === 'bits/dim' && !(dimensions !== undefined && dimensions > 0)) {
    throw new PlotError(
      `The log of run '${label}' is in nats per image: give its dimensions (height x width x colours) for a curve in bits/dim, got ${dimensions}.`,
    );
  }
  const scale = unit === 'bits/dim' ? 1 / (dimensions! * Math.LN2) : 1;
  const places = new Map<number, { train: number | null; valid: number | null }>();
  for (const entry of log) {
    const place = placeOf(entry, horizontal);
    if (place === undefined) {
      throw new PlotError(
        `The log of run '${label}' must give the ${needed[horizontal]} at step ${entry.step} for a curve over ${horizontal}, got none; use horizontal: 'steps'.`,
      );
    }
    const losses = places.get(place) ?? { train: null, valid: null };
    if (entry.train !== undefined) losses.train = entry.train * scale;
    if (entry.valid !== undefined) losses.valid = entry.valid * scale;
    places.set(place, losses);
  }
  const losses = [...places.values()];
  return {
    label,
    steps: [...places.keys()],
    train: losses.map(({ train }) => train),
    valid: losses.map(({ valid }) => valid),
  };
}
