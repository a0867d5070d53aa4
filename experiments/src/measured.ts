import { bitsPerDim, type RunResult } from '@pixelrnn/metrics';
import type { Experiment } from './experiment.js';

/** What a run measured on the split that the paper reports, in the experiment's metric. */
export function measured({ metric, split = 'test' }: Experiment, { result }: { result: RunResult }) {
  const inMetric = (nats: number) => (metric === 'nats' ? nats : bitsPerDim(nats, result.dimensions));
  const error = split === 'test' ? result.testStandardError : result.validStandardError;
  return { value: inMetric(result[split]), standardError: error === undefined ? null : inMetric(error) };
}

/** The images that the paper reports on, in a word. */
export const splitName = ({ split, splitName }: Pick<Experiment, 'split' | 'splitName'>) =>
  splitName ?? (split === 'valid' ? 'validation' : 'test');

/** Whether runs are validated on held-out training images, as the set's own validation images stand for a test set. */
export const validIsHeldOut = ({ splitName }: Pick<Experiment, 'splitName'>) => splitName !== undefined;

/** What the columns of a table are where the names of its splits do not say it. */
export const columnsNote = (experiment: Pick<Experiment, 'splitName'>): string | undefined =>
  validIsHeldOut(experiment)
    ? '_test_ are the validation images of the set, which stand for a test set; _valid_ are held-out training images.'
    : undefined;
