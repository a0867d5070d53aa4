import type { TrainingConfig } from './trainingConfig.js';

export interface Pace {
  imagesPerSecond: number;
  /** Estimated training seconds to the end. */
  secondsLeft: number;
}

interface Moment {
  step: number;
  /** Of training so far. */
  seconds: number;
}

/**
 * How fast a training is, and how long it has to go, to its last step or to the end of its time.
 *
 * @param now.start where this part of the run began: an earlier one may have been on another machine
 */
export function paceOf({
  step,
  seconds,
  start,
  config,
  finished,
}: Moment & { start: Moment; config: TrainingConfig; finished: boolean }): Pace {
  const { steps, batchSize, maxSeconds } = config;
  const perStep = (seconds - start.seconds) / Math.max(1, step - start.step);
  const byTime = maxSeconds === null ? Number.POSITIVE_INFINITY : maxSeconds - seconds;
  const secondsLeft = finished ? 0 : Math.max(0, Math.min((steps - step) * perStep, byTime));
  return { imagesPerSecond: batchSize / perStep, secondsLeft };
}
