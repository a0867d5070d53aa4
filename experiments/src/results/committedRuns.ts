import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunResult, runResultSchema } from '@pixelrnn/metrics';
import type { Environment } from '@pixelrnn/training';
import { z } from 'zod';
import { type Bounds, boundsSchema } from '../bounds.js';
import { canRun, type Experiment, type ExperimentRow } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { type RunConfig, runConfigSchema } from '../runner/runConfig.js';
import { finishedRuns } from '../runner/writeExperiment.js';
import { type Adopted, readAdopted } from './adoptedFiles.js';
import { committedPreset } from './committedPreset.js';

/** One run of the results, with all that its folder says. */
export interface CommittedRun {
  row: ExperimentRow;
  seed: number;
  /** From the results' folder: `<id>/runs/<row>/seed-<n>`. */
  path: string;
  config: RunConfig;
  result: RunResult;
  environment: Pick<Environment, 'commit' | 'cpu' | 'threads' | 'gpus'>;
  adopted: Adopted | null;
  /** The committed row whose weights this run measured; null where it trained its own, or they are not those that are committed. */
  weightsOf: Pick<CommittedRun, 'row' | 'config'> | null;
  /** Null where the model was not evaluated as a density too. */
  bounds: Bounds | null;
  hasWeights: boolean;
  hasSamples: boolean;
  /** Further pictures of its folder, such as `completions.png`. */
  pictures: string[];
}

const environmentSchema = z.looseObject({
  commit: z.string().nullable(),
  cpu: z.string(),
  threads: z.number(),
  gpus: z.array(z.string()).optional(),
});

/** The runs of an experiment in the results, row by row and seed by seed. */
export async function committedRuns(experiment: Experiment, results: string): Promise<CommittedRun[]> {
  const finished = await finishedRuns(experiment, committedPreset, join(results, experiment.id));
  const runs: CommittedRun[] = [];
  for (const row of experiment.rows.filter(canRun)) {
    for (const seed of [...(finished.get(row.name)?.keys() ?? [])].sort((a, b) => a - b)) {
      const path = join(experiment.id, 'runs', row.name, `seed-${seed}`);
      const folder = join(results, path);
      const config = await read(folder, 'config.json', runConfigSchema);
      runs.push({
        row,
        seed,
        path,
        config,
        result: await read(folder, 'result.json', runResultSchema),
        environment: await read(folder, 'environment.json', environmentSchema),
        adopted: await readAdopted(folder),
        weightsOf: await weightsOf(config, results),
        bounds: existsSync(join(folder, 'bounds.json'))
          ? await read(folder, 'bounds.json', boundsSchema)
          : null,
        hasWeights: existsSync(join(folder, 'model', 'model.json')),
        hasSamples: existsSync(join(folder, 'samples.png')),
        pictures: await picturesIn(folder, ['samples.png']),
      });
    }
  }
  return runs;
}

async function weightsOf({ settings }: RunConfig, results: string): Promise<CommittedRun['weightsOf']> {
  const { weights, weightsTest } = settings;
  if (typeof weights !== 'string') return null;
  const [id, name, seed] = weights.split('/') as [string, string, string];
  const folder = join(results, id, 'runs', name, seed);
  const row = findExperiment(id).rows.find((row) => row.name === name);
  if (!row || !existsSync(join(folder, 'result.json'))) return null;
  const { test } = await read(folder, 'result.json', runResultSchema);
  return test === weightsTest ? { row, config: await read(folder, 'config.json', runConfigSchema) } : null;
}

/** Pictures of a folder but for some, in the order of their names. */
export async function picturesIn(folder: string, but: readonly string[]): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.png') && !but.includes(name)).sort();
}

async function read<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T> {
  const path = join(folder, name);
  try {
    return schema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause) : (cause as Error).message;
    throw new Error(
      `${path} should be what a run of this version wrote, but it is not (${why}): put the file back, or adopt the run again.`,
      { cause },
    );
  }
}
