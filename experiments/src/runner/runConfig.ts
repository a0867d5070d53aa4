import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type Experiment, presetNames } from '../experiment.js';
import { askedSettings } from './measureRow.js';
import type { PlanOptions } from './plan.js';
import { UsageError } from './usageError.js';
import { whyDamaged } from './whyDamaged.js';

/** `config.json` of a run folder. */
export const runConfigSchema = z.strictObject({
  experiment: z.string(),
  row: z.string(),
  preset: z.enum(presetNames),
  seed: z.int().nonnegative(),
  dataset: z.string(),
  settings: z.record(z.string(), z.unknown()),
});

export type RunConfig = z.infer<typeof runConfigSchema>;

/**
 * The options that repeat the run of a `config.json`.
 *
 * @throws UsageError where the file is not there, is no such file, or belongs to another experiment
 */
export async function readRunConfig(
  path: string,
  { id, rows }: Experiment,
): Promise<PlanOptions & { seeds: number[] }> {
  let config: RunConfig;
  try {
    config = runConfigSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new UsageError(
      `--config expects the config.json of a run folder, got ${path}: ${whyDamaged(error)}`,
    );
  }
  if (config.experiment !== id) {
    throw new UsageError(`${path} is of experiment ${config.experiment}, got ${id}.`);
  }
  const { row, preset, seed, settings } = config;
  const measures = rows.some(({ name, measure }) => name === row && measure !== undefined);
  return { rows: [row], preset, seeds: [seed], set: measures ? askedSettings(settings) : settings };
}
