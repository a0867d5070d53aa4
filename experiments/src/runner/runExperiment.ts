import { join } from 'node:path';
import { expandHome } from '@pixelrnn/files';
import type { ResultTable } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';
import { computeRows, planClosedForms } from './computeRow.js';
import { findWeights } from './findWeights.js';
import { type RunFailure, runInOrder } from './grid.js';
import { runSideBySide } from './gridSideBySide.js';
import { type MeasureOptions, measureRows, type PlannedMeasure, planMeasures } from './measureRow.js';
import { type PlannedRow, type PlanOptions, plan } from './plan.js';
import type { RankZero } from './rankZero.js';
import { UsageError } from './usageError.js';
import { writeExperiment } from './writeExperiment.js';

export interface ExperimentOptions extends PlanOptions {
  seeds?: number[];
  out: string;
  fresh?: boolean;
  dataDir?: string;
  /** Runs at a time, each in a process of its own; 1, the default: one after the other in this process. */
  jobs?: number;
  /** The ranks of MPI that train each run together, of which this is rank 0; by default this process alone. */
  ranks?: RankZero | undefined;
  /** Folder of the committed results, whose weights are measured where nothing is trained; this checkout's by default. */
  results?: string;
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
  const { ranks } = options;
  if (ranks && jobs > 1) {
    throw new UsageError(
      '--jobs trains runs side by side, MPI one run after the other: leave out one of them.',
    );
  }
  const measures = planMeasures(experiment, options);
  const place = { experiment, preset, out, fresh, dataDir, log, results: options.results };
  const planned = await withoutStandIns(plan(experiment, options), measures, options.rows, place);
  const grid = { ...place, planned, seeds, ranks };
  const failures = await computeRows(grid, planClosedForms(experiment, options));
  failures.push(...(jobs > 1 ? await runSideBySide(grid, set, jobs) : await runInOrder(grid)));
  failures.push(...(await measureRows(place, measures)));
  return { table: await writeExperiment(experiment, preset, join(out, experiment.id)), failures };
}

/** Rows that stand in for trained models are left out where one of those is there, unless they were asked for by name. */
async function withoutStandIns(
  planned: PlannedRow[],
  measures: readonly PlannedMeasure[],
  rows: string[] | undefined,
  place: MeasureOptions,
): Promise<PlannedRow[]> {
  const standIn = ({ row }: PlannedRow) => row.standIn === true && !rows?.includes(row.name);
  if (!planned.some(standIn)) return planned;
  for (const { row, settings } of measures) {
    const own = row.measure.weights.startsWith(`${place.experiment.id}/`);
    if (!own && (await findWeights(row.measure.weights, { ...place, data: settings.data })))
      return planned.filter((row) => !standIn(row));
  }
  return planned;
}
