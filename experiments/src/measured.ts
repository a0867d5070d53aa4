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
