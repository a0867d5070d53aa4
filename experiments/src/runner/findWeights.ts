import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunResult } from '@pixelrnn/metrics';
import type { PresetName } from '../experiment.js';
import { resultsFolder } from '../results/loadPretrained.js';
import { readConfig, readResult } from './runFiles.js';

/** Trained weights that are there. */
export interface FoundWeights {
  /** `<experiment>/<row>/seed-<n>` */
  name: string;
  /** A run folder, with its `checkpoint/` or its `model/`. */
  folder: string;
  /** Whether they are of the committed results. */
  committed: boolean;
  /** What their run measured. */
  result: RunResult;
}

export interface FindWeightsOptions {
  out: string;
  preset: PresetName;
  /** The setting `data` of the run. */
  data: string;
  /** Folder of the committed results. */
  results?: string | undefined;
}

/**
 * The weights of a row, `<experiment>/<row>`, trained on some data: those of the lowest seed among the finished runs of the
 * preset under `out`, else among the committed ones. Null where there are none.
 */
export async function findWeights(
  name: string,
  { out, preset, data, results = resultsFolder }: FindWeightsOptions,
): Promise<FoundWeights | null> {
  const [experiment, row] = name.split('/') as [string, string];
  for (const base of [out, results]) {
    const committed = base === results;
    const runs = join(base, experiment, 'runs', row);
    for (const seed of await seedsOf(runs)) {
      const folder = join(runs, `seed-${seed}`);
      if (!['checkpoint', 'model'].some((part) => existsSync(join(folder, part, 'model.json')))) continue;
      const [config, result] = [await readConfig(folder), await readResult(folder)];
      const settings = config?.settings as Record<string, unknown> | undefined;
      if (!result || settings?.data !== data || !(committed || config?.preset === preset)) continue;
      return { name: `${name}/seed-${seed}`, folder, committed, result };
    }
  }
  return null;
}

async function seedsOf(runs: string): Promise<number[]> {
  if (!existsSync(runs)) return [];
  return (await readdir(runs))
    .flatMap((name) => /^seed-(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
