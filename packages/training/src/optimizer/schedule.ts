import type { TrainingConfig } from '../trainingConfig.js';

/** The keys of a config that the learning rate depends on. */
export type ScheduleConfig = Pick<
  TrainingConfig,
  'learningRate' | 'schedule' | 'warmupSteps' | 'stepEvery' | 'stepFactor' | 'cosineEnd' | 'steps'
>;

/**
 * The learning rate of an update, counted from 0. With w = warmupSteps and t = step - w:
 *
 *     warm-up   rate * (step + 1) / (w + 1)                            while step < w
 *     step      rate * factor ^ floor(t / every)
 *     cosine    rate * (end + (1 - end) * (1 + cos(pi t / (steps - w))) / 2)    1608.03983, eq. 5, without restarts
 *
 * It depends on the step alone, so a resumed run needs nothing kept for it.
 */
export function learningRateAt(config: ScheduleConfig, step: number): number {
  const { learningRate, schedule, warmupSteps, stepEvery, stepFactor, cosineEnd, steps } = config;
  if (step < warmupSteps) return (learningRate * (step + 1)) / (warmupSteps + 1);
  const since = step - warmupSteps;
  if (schedule === 'step') return learningRate * stepFactor ** Math.floor(since / (stepEvery as number));
  if (schedule === 'cosine') {
    const part = Math.min(1, since / (steps - warmupSteps));
    return learningRate * (cosineEnd + ((1 - cosineEnd) * (1 + Math.cos(Math.PI * part))) / 2);
  }
  return learningRate;
}
