import { type Experiment, findExperiment } from '@pixelrnn/experiments';

/**
 * The experiment that was given, or the one of an id.
 *
 * @param caller the function's name, for the error
 * @throws UsageError for an id that there is not, listing those that there are
 * @throws TypeError for anything else
 */
export function experimentOf(caller: string, given: Experiment | string): Experiment {
  if (typeof given === 'string') return findExperiment(given);
  if (typeof given?.id === 'string' && Array.isArray(given.rows)) return given;
  const came = typeof given === 'object' && given !== null ? given.constructor.name : given;
  throw new TypeError(
    `${caller}: expected an experiment or its id, such as 'table4', but ${came ?? 'nothing'} came.`,
  );
}
