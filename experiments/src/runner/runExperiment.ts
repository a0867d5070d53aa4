import { join } from 'node:path';
import { expandHome } from '@pixelrnn/files';
import type { ResultTable } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';
import { computeRows, planClosedForms } from './computeRow.js';
import { type RunFailure, runInOrder } from './grid.js';
import { runSideBySide } from './gridSideBySide.js';
import { type PlanOptions, plan } from './plan.js';
import { writeExperiment } from './writeExperiment.js';

export interface ExperimentOptions extends PlanOptions {
  seeds?: number[];
  out: string;
  fresh?: boolean;
  dataDir?: string;
  /** Runs at a time, each in a process of its own; 1, the default: one after the other in this process. */
  jobs?: number;
  /** Lines to the user; to stderr by default, above the bars of the progress. */
  log?: (line: string) => void;
}

export interface ExperimentOutcome {
  table: ResultTable;
  /** Runs that failed; the others are in the table. */
  failures: RunFailure[];
}

/**
 * Runs rows x seeds, then writes the table and the plots of all finished runs of this preset. A run that fails does not
 * stop the others.
 *
 * @throws UsageError for options that do not fit
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM: the same call goes on from there
 */
export async function runExperiment(
  experiment: Experiment,
  options: ExperimentOptions,
): Promise<ExperimentOutcome> {
  const { preset, seeds = [0], fresh = false, dataDir, jobs = 1, set = {}, log = console.error } = options;
  const out = expandHome(options.out);
  const grid = { experiment, planned: plan(experiment, options), seeds, preset, out, fresh, dataDir, log };
  const failures = await computeRows(grid, planClosedForms(experiment, options));
  failures.push(...(jobs > 1 ? await runSideBySide(grid, set, jobs) : await runInOrder(grid)));
  return { table: await writeExperiment(experiment, preset, join(out, experiment.id)), failures };
}
