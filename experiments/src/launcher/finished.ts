import { type ExperimentRow, isClosedForm, type PresetName } from '../experiment.js';
import { differences } from '../runner/differences.js';
import { readConfig, readResult } from '../runner/runFiles.js';

/**
 * Whether a run folder holds the result of exactly these settings. Where it does not, the run itself finds out what is to be
 * done: data need not be on the machine that submits.
 */
export async function finishedWith(
  folder: string,
  { row, preset, settings }: { row: ExperimentRow; preset: PresetName; settings: Record<string, unknown> },
): Promise<boolean> {
  const config = await readConfig(folder);
  if (config === null || (await readResult(folder)) === null) return false;
  if (config.preset !== preset && !isClosedForm(row)) return false;
  return differences(Object(config.settings), settings).size === 0;
}
