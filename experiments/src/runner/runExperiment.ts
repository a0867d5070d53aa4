import { join } from 'node:path';
import { expandHome } from '@pixelrnn/files';
import type { ResultTable } from '@pixelrnn/metrics';
import type { Experiment } from '../experiment.js';
import type { Launcher, Submitted, Work } from '../launcher/launcher.js';
import { localLauncher } from '../launcher/localLauncher.js';
import { planClosedForms } from './computeRow.js';
import { findWeights } from './findWeights.js';
import type { RunFailure } from './grid.js';
import { type MeasureOptions, type PlannedMeasure, planMeasures } from './measureRow.js';
import { type PlannedRow, type PlanOptions, plan } from './plan.js';
import type { RankZero } from './rankZero.js';
import { requireOut } from './requireOut.js';
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
  /** Runs that failed, or are there and cannot be read; the others are in the table. */
  failures: RunFailure[];
  /** What goes on without this process, where the launcher has submitted it; null where all has ended. */
  submitted: Submitted | null;
}

/**
 * Runs rows x seeds, then writes the table and the plots of all finished runs of this preset. A run that fails does not
 * stop the others.
 *
 * @param launcher where the runs are executed; on this machine by default
 * @throws UsageError for options that do not fit
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM: the same call resumes from there
 */
export async function runExperiment(
  experiment: Experiment,
  options: ExperimentOptions,
  launcher: Launcher = localLauncher(options.jobs),
): Promise<ExperimentOutcome> {
  const { failures, submitted } = await launcher.launch(await planWork(experiment, options));
  const { preset, log = console.error } = options;
  const onDamaged = (damaged: RunFailure) => {
    if (failures.some(({ row, seed }) => row === damaged.row && seed === damaged.seed)) return;
    failures.push(damaged);
    log(`${damaged.row}, seed ${damaged.seed}: left out: ${damaged.message}`);
  };
  const folder = join(expandHome(options.out), experiment.id);
  return {
    table: await writeExperiment(experiment, preset, folder, { log, onDamaged }),
    failures,
    submitted,
  };
}

/** What `runExperiment` gives its launcher. @throws UsageError for options that do not fit */
export async function planWork(experiment: Experiment, options: ExperimentOptions): Promise<Work> {
  const { preset, rows, set, seeds = [0], fresh = false, dataDir, results, log = console.error } = options;
  const out = expandHome(options.out);
  const { ranks, jobs = 1 } = options;
  if (ranks && jobs > 1) {
    throw new UsageError(
      '--jobs trains runs side by side, MPI one run after the other: leave out one of them.',
    );
  }
  await requireOut(out);
  const measures = planMeasures(experiment, options);
  const place = { experiment, preset, out, fresh, dataDir, log, results };
  const planned = await withoutStandIns(plan(experiment, options), measures, rows, place);
  const closedForms = planClosedForms(experiment, options);
  const asked = { preset, ...(rows && { rows }), ...(set && { set }) };
  return { grid: { ...place, planned, seeds, ranks }, closedForms, measures, asked, results };
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
