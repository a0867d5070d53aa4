import type { Experiment } from '../experiment.js';
import { ownSettings } from '../runner/ownSettings.js';
import type { CommittedRun } from './committedRuns.js';

/**
 * How the run differs from the paper's, as far as the paper says what it did; its optimiser stands in a column of its own. A run that
 * measures another row's weights has the sizes of that row.
 */
export function departures(experiment: Experiment, run: CommittedRun): string[] {
  const { row, config, result } = run;
  const { settings } = config;
  const parts = sizeDepartures(row.ownSizes ? run : (run.weightsOf ?? run));
  if (typeof settings.weights === 'string') parts.push(`weights of ${settings.weights}`);
  if (result.dataset !== experiment.canonicalDataset) parts.push(`on ${result.dataset}`);
  if (experiment.split !== 'valid' && result.testImages < result.testSplit) {
    parts.push(`${result.testImages} of ${result.testSplit} test images`);
  }
  if (experiment.split === 'valid' && settings.validImages !== null) {
    parts.push(`${result.validImages} of the validation images`);
  }
  return parts;
}

/** The model's own settings, and the batch, for which the paper gives another value. */
function sizeDepartures({ row, config: { settings } }: Pick<CommittedRun, 'row' | 'config'>): string[] {
  const { model, ownSizes, recalledSettings } = row;
  if (ownSizes) return [ownSizes];
  if (!model) return [];
  const paper = model.presets.paper as Record<string, unknown>;
  return [...ownSettings(model, settings), 'batchSize']
    .filter((key) => recalledSettings?.includes(key) ?? true)
    .filter((key) => settings[key] !== paper[key])
    .map((key) => {
      const name = key === 'batchSize' ? 'batch' : key;
      return `${name} ${settings[key]}, not ${paper[key]}${recalledSettings ? ' (?)' : ''}`;
    });
}
