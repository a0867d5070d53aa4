import { join } from 'node:path';
import type { Experiment } from '../experiment.js';
import { type Grid, type RunFailure, runFolderOf, runInOrder } from './grid.js';
import { chosenRows, plan } from './plan.js';
import { requireOut } from './requireOut.js';
import { readRunConfig } from './runConfig.js';
import type { ExperimentOptions } from './runExperiment.js';
import { readResult } from './runFiles.js';
import { UsageError } from './usageError.js';

/**
 * Draws the samples of finished runs again, each with the settings of its own `config.json`, whatever its preset; `set` can
 * change their number, `samples`, and nothing else. Runs that are not finished are named and left alone.
 *
 * @returns those that failed
 * @throws UsageError for another setting, and where no run is finished
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM
 */
export async function redrawSamples(
  experiment: Experiment,
  { rows, seeds = [0], set = {}, out, dataDir, log = console.error }: Omit<ExperimentOptions, 'preset'>,
): Promise<RunFailure[]> {
  const other = Object.keys(set).find((key) => key !== 'samples');
  if (other) throw new UsageError(`Samples alone are drawn: expected no setting but samples, got ${other}.`);
  await requireOut(out);
  const failures: RunFailure[] = [];
  let finished = 0;
  for (const row of chosenRows(experiment, rows)) {
    for (const seed of seeds) {
      const grid = { experiment, seeds: [seed], out, fresh: false, redraw: true, dataDir, log };
      const folder = runFolderOf(grid, { row, seed });
      if (!(await readResult(folder))) {
        log(`${row.label}, seed ${seed}: no finished run (${folder})`);
        continue;
      }
      finished++;
      const repeated = await readRunConfig(join(folder, 'config.json'), experiment);
      const planned = plan(experiment, { ...repeated, set: { ...repeated.set, ...set } });
      failures.push(...(await runInOrder({ ...grid, planned, preset: repeated.preset } satisfies Grid)));
    }
  }
  if (finished === 0)
    throw new UsageError(`${join(out, experiment.id)} holds no finished run of these rows and seeds.`);
  return failures;
}
