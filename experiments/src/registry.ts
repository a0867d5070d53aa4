import type { Experiment } from './experiment.js';
import { multiscale } from './multiscale.js';
import { UsageError } from './runner/usageError.js';
import { softmaxVsMcgsm } from './softmaxVsMcgsm.js';
import { table2 } from './table2.js';
import { table3 } from './table3.js';
import { table4 } from './table4.js';
import { table5 } from './table5.js';
import { table6 } from './table6.js';

/** Every experiment, in the papers' order. */
export const experiments: readonly Experiment[] = [
  softmaxVsMcgsm,
  table2,
  table3,
  table4,
  table5,
  table6,
  multiscale,
];

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
