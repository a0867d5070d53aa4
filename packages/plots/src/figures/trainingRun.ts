import { PlotError } from './figure.js';

/** The losses of one run, all in the unit of the figure. */
export interface TrainingRun {
  label: string;
  /** Where the losses were taken: training steps, or images seen; rising. */
  steps: number[];
  /** Training loss at each of `steps`; null or NaN where none was taken. */
  train: (number | null)[];
  /** Validation loss at each of `steps`; null or NaN where none was taken. */
  valid?: (number | null)[];
}

/** @throws PlotError when lengths differ, steps do not rise or the run holds no loss */
export function checkRun(run: TrainingRun): void {
  if (run.steps.length === 0)
    throw new PlotError(`Run '${run.label}' must hold at least one step, got none.`);
  for (const name of ['train', 'valid'] as const) {
    const losses = run[name];
    if (losses && losses.length !== run.steps.length) {
      throw new PlotError(
        `Run '${run.label}' must give one ${name} loss for each of its ${run.steps.length} steps, got ${losses.length}; put null where none was taken.`,
      );
    }
  }
  for (let i = 0; i < run.steps.length; i++) {
    const step = run.steps[i]!;
    if (!Number.isFinite(step) || (i > 0 && step <= run.steps[i - 1]!)) {
      throw new PlotError(
        `The steps of run '${run.label}' must be finite and rise, got ${step} at index ${i}.`,
      );
    }
  }
  if (![...run.train, ...(run.valid ?? [])].some(isLoss)) {
    throw new PlotError(`Run '${run.label}' must hold at least one finite loss, got none.`);
  }
}

export function isLoss(value: number | null): value is number {
  return value !== null && Number.isFinite(value);
}
