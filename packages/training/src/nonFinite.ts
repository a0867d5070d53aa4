import type { TrainingConfig } from './trainingConfig.js';
import { TrainingError } from './trainingError.js';

/**
 * Says of a loss or gradient that is not finite where it was, what is left and what to do.
 *
 * @param what "loss was not finite at ..."
 * @param lastGood "the last good checkpoint is ..."
 * @param skippable the update could have been skipped
 */
export function nonFiniteError(
  what: string,
  { clipNorm }: Pick<TrainingConfig, 'clipNorm'>,
  { lastGood, skippable }: { lastGood: string; skippable: boolean },
): TrainingError {
  const clipping = clipNorm === null ? 'set clipNorm' : 'lower clipNorm';
  return new TrainingError(
    'non-finite',
    `The ${what}; ${lastGood}. Lower the learning rate${skippable ? ',' : ' or'} ${clipping}` +
      `${skippable ? ", or set nonFinite to 'skip'" : ''}.`,
  );
}
