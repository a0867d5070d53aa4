import { autoencoder } from './autoencoder.js';
import { blindSpot } from './blindSpot.js';
import { completions } from './completions.js';
import { conditional, conditionalCifar10 } from './conditional.js';
import { discreteVsContinuous } from './discreteVsContinuous.js';
import type { Experiment } from './experiment.js';
import { gatedTable1 } from './gatedTable1.js';
import { gatedTable2 } from './gatedTable2.js';
import { multiscale } from './multiscale.js';
import { ownImages } from './ownImages.js';
import { receptiveFieldExperiment } from './receptiveField.js';
import { didYouMean } from './runner/nearest.js';
import { UsageError } from './runner/usageError.js';
import { softmaxDistributions } from './softmaxDistributions.js';
import { softmaxVsMcgsm } from './softmaxVsMcgsm.js';
import { table2 } from './table2.js';
import { table3 } from './table3.js';
import { table4 } from './table4.js';
import { table5 } from './table5.js';
import { table6 } from './table6.js';

/** Every experiment, the most wanted tables first: the order in which `pnpm exp all` runs them. */
export const experiments: readonly Experiment[] = [
  table4,
  table5,
  table2,
  table3,
  softmaxVsMcgsm,
  table6,
  multiscale,
  gatedTable1,
  gatedTable2,
  conditional,
  conditionalCifar10,
  autoencoder,
  receptiveFieldExperiment,
  blindSpot,
  completions,
  softmaxDistributions,
  discreteVsContinuous,
];

/** Those that can be asked for by name: `own` needs a folder of images, and is no part of `pnpm exp all`. */
export const namedExperiments: readonly Experiment[] = [...experiments, ownImages];

/** @throws UsageError listing the known ids, and those that are near to the one asked for */
export function findExperiment(id: string): Experiment {
  const found = namedExperiments.find((experiment) => experiment.id === id);
  if (!found) {
    const ids = namedExperiments.map((experiment) => experiment.id);
    throw new UsageError(
      `Unknown experiment ${id}: expected one of ${ids.join(', ')}.${didYouMean(id, ids)}`,
    );
  }
  return found;
}
