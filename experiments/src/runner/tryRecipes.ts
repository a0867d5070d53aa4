import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { bitsPerDim, type RunResult } from '@pixelrnn/metrics';
import { environment, onInterrupt, TrainingError } from '@pixelrnn/training';
import { canRun, type Experiment } from '../experiment.js';
import { addTry, type RecipeTry } from '../results/recipes.js';
import { plan, type TrainableRow, trainable } from './plan.js';
import { requireOut } from './requireOut.js';
import type { CampaignOptions } from './runAll.js';
import { runRow } from './runRow.js';
import { parseAssignment, type RowSettings, resolveSettings } from './settings.js';
import { UsageError } from './usageError.js';

export interface TryOptions extends Omit<CampaignOptions, 'jobs' | 'fresh'> {
  rows?: string[];
  /** The values to try, for each setting; all their combinations are tried. */
  values: Record<string, unknown[]>;
  /** Steps of each short run. */
  steps: number;
  /** `recipes.json` is written to `<results>/<id>/`. */
  results: string;
}

/** What a short run leaves out, unless it is set: only its validation counts. */
const short = { validImages: 500, testImages: 16, trainImages: 0, samples: 0, tensorBoard: false };

/** Settings of training that make no recipe. */
const noRecipe = new Set([
  ...Object.keys(short),
  'data',
  'logEvery',
  'validateEvery',
  'checkpointMinutes',
  'sampleEvery',
  'maxSeconds',
]);

/** `key=v1,v2,...` of the command line, each value as that of --set. */
export function parseTry(text: string): [string, unknown[]] {
  const expected = '--try expects key=value,value,...';
  const [key, values] = parseAssignment(text, expected);
  if (typeof values !== 'string') return [key, [values]];
  const parts = values.split(',').filter((value) => value !== '');
  if (parts.length === 0) throw new UsageError(`${expected}, got ${text}`);
  return [key, parts.map((value) => parseAssignment(`${key}=${value}`)[1])];
}

/**
 * Short runs of every combination of the values, for each row and seed; each is written into `recipes.json` when it ends,
 * one that did not get to its end with the reason. Their folders are under `<out>/<id>/tries`; what is done there is not
 * done again.
 *
 * @returns those that failed otherwise than by a loss that is not finite
 * @throws UsageError for settings that do not fit, before anything runs
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM
 */
export async function tryRecipes(experiment: Experiment, options: TryOptions): Promise<string[]> {
  const { preset, seeds = [0], set = {}, out, dataDir, results, steps, log = console.error } = options;
  requireTrained(experiment, options);
  const combinations = combinationsOf(options.values);
  const tries = plan(experiment, options).flatMap(({ row }) =>
    combinations.flatMap((values) => {
      const changes = { ...set, ...values, steps };
      const settings = resolveSettings(
        row,
        preset,
        { ...short, validateEvery: steps, ...changes },
        experiment.dataSettings,
      );
      return seeds.map((seed) => ({ row, seed, changes, settings, values }));
    }),
  );
  await requireOut(out);
  const engine = await loadEngine();
  const loaded = new Map<string, DatasetSplits>();
  const failures: string[] = [];
  for (const { row, seed, changes, settings, values } of tries) {
    const name = Object.entries(values).map(([key, value]) => `${key}=${value}`);
    const label = `${row.name}, ${name.join(', ')}, seed ${seed}`;
    const key = createHash('sha256').update(JSON.stringify(settings)).digest('hex').slice(0, 8);
    const folder = join(out, experiment.id, 'tries', row.name, `${name.join(',')}-${key}`, `seed-${seed}`);
    try {
      const data = loaded.get(settings.data) ?? (await experiment.loadData(settings, { dataDir }));
      loaded.set(settings.data, data);
      const { commit } = environment(engine, {});
      const base = {
        row: row.name,
        preset,
        seed,
        changes,
        settings: recipeOf(row, settings),
        dataset: data.train.name,
        commit,
      };
      const run = {
        experiment: experiment.id,
        dataSettings: experiment.dataSettings,
        row,
        preset,
        seed,
        settings,
        data,
        engine,
        folder,
        fresh: false,
      };
      const silent = { onProgress: () => {}, onTrained: () => {} };
      const outcome = await onInterrupt((signal) => runRow({ ...run, ...silent, log, signal })).catch(
        diverged,
      );
      const done = { ...base, ...figures(experiment, outcome) };
      await addTry(
        join(results, experiment.id, 'recipes.json'),
        { experiment: experiment.id, metric: experiment.metric },
        done,
      );
      log(
        `${label}: ${done.valid === null ? done.failure : `${done.valid.toFixed(4)} ${experiment.metric} on validation`}`,
      );
    } catch (error) {
      if (error instanceof TrainingError && error.code === 'interrupted') throw error;
      failures.push(`${label}: ${(error as Error).message}`);
    }
  }
  return failures;
}

/** @throws UsageError where the steps are tried, or a row is not trained */
function requireTrained({ id, rows }: Experiment, { rows: names, values }: TryOptions): void {
  if ('steps' in values) {
    throw new UsageError(
      '--try steps=... cannot be: every short run has the steps of --steps; call it once for each.',
    );
  }
  const untrained = rows.filter((row) => canRun(row) && !trainable(row)).map(({ name }) => name);
  const without = names?.filter((name) => untrained.includes(name)) ?? [];
  const trained = rows.filter(trainable).map(({ name }) => name);
  if (trained.length === 0) throw new UsageError(`--try trains, and ${id} has no row that is trained.`);
  if (without.length > 0) {
    throw new UsageError(
      `--try trains, and ${without.join(', ')} of ${id} ${without.length === 1 ? 'is' : 'are'} not trained: choose --rows among ${trained.join(', ')}.`,
    );
  }
}

/** Every choice of one value for each setting. */
function combinationsOf(values: Record<string, unknown[]>): Record<string, unknown>[] {
  return Object.entries(values).reduce<Record<string, unknown>[]>(
    (before, [key, each]) => before.flatMap((one) => each.map((value) => ({ ...one, [key]: value }))),
    [{}],
  );
}

function recipeOf(row: TrainableRow, settings: RowSettings): Record<string, unknown> {
  const own = Object.keys(row.model.settings.shape);
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => own.includes(key) || !noRecipe.has(key)),
  );
}

/** A rate that is too high is a figure too. */
function diverged(error: unknown): string {
  if (error instanceof TrainingError && error.code === 'non-finite') return error.message;
  throw error;
}

function figures(
  { metric }: Experiment,
  outcome: RunResult | string,
): Pick<RecipeTry, 'valid' | 'validImages' | 'failure' | 'parameters' | 'images' | 'seconds'> {
  if (typeof outcome === 'string') {
    return {
      valid: null,
      validImages: null,
      failure: outcome,
      parameters: null,
      images: null,
      seconds: null,
    };
  }
  const { valid, validImages, parameters, images, seconds, dimensions } = outcome;
  const value = metric === 'nats' ? valid : bitsPerDim(valid, dimensions);
  return { valid: value, validImages, failure: null, parameters, images, seconds };
}
