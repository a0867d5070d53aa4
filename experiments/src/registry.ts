import type { Experiment } from './experiment.js';
import { UsageError } from './runner/usageError.js';
import { table4 } from './table4.js';
import { table5 } from './table5.js';

/** Every experiment, in the papers' order. */
export const experiments: readonly Experiment[] = [table4, table5];

/** @throws UsageError listing the known ids */
export function findExperiment(id: string): Experiment {
  const found = experiments.find((experiment) => experiment.id === id);
  if (!found) {
    throw new UsageError(
      `Unknown experiment ${id}: expected one of ${experiments.map((e) => e.id).join(', ')}.`,
    );
  }
  return found;
}
