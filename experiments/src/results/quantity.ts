import type { Experiment } from '../experiment.js';
import { splitName } from '../measured.js';

/** What an experiment's numbers are, and of which images. */
export function quantityOf(experiment: Pick<Experiment, 'quantity' | 'split' | 'splitName'>): string {
  const images = `${splitName(experiment)} images`;
  return experiment.quantity === undefined
    ? `Negative log-likelihood of the ${images}`
    : `${experiment.quantity} (${images})`;
}
