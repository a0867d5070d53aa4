import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import type { TaskStart } from '@pixelrnn/files';
import { type LossUnit, onInterrupt, progressBars, TrainingError } from '@pixelrnn/training';
import type { Experiment, PresetName } from '../experiment.js';
import type { PlannedRow } from './plan.js';
import type { RankZero, SharedRun } from './rankZero.js';
import { runRow } from './runRow.js';
import { trainingShape } from './trainingShape.js';

/** Rows x seeds. */
export interface Grid {
  experiment: Experiment;
  planned: PlannedRow[];
  seeds: number[];
  preset: PresetName;
  out: string;
  fresh: boolean;
  /** Draw the samples of finished runs again. */
  redraw?: boolean | undefined;
  dataDir?: string | undefined;
  /** The ranks that train each run together; by default this process alone. */
  ranks?: RankZero | undefined;
  /** Where a scheduler has started this: earlier starts lose the run folders. */
  start?: TaskStart | undefined;
  /** Lines to the user; above the bars of the progress by default. */
  log?: ((line: string) => void) | undefined;
}

/** One row with one seed. */
export interface GridRun extends PlannedRow {
  seed: number;
}

/** A run that did not end well. The others do not know of it. */
export interface RunFailure {
  row: string;
  seed: number;
  message: string;
}

/** In the order of the rows, and of the seeds of a row. */
export function gridRuns({ planned, seeds }: Grid): GridRun[] {
  return planned.flatMap((row) => seeds.map((seed) => ({ ...row, seed })));
}

export const labelOf = ({ row, seed }: GridRun) => `${row.label}, seed ${seed}`;

/** `<out>/<id>/runs/<row>/seed-<n>` */
export function runFolderOf(
  { out, experiment }: Pick<Grid, 'out' | 'experiment'>,
  { row, seed }: { row: { name: string }; seed: number },
): string {
  return join(out, experiment.id, 'runs', row.name, `seed-${seed}`);
}

/** What the experiment's progress is shown in. */
export function lossUnit({ experiment }: Grid, data: DatasetSplits): LossUnit {
  const { height, width, colors } = trainingShape(data.train);
  return { name: experiment.metric, dimensions: height * width * colors };
}

/**
 * The runs one after the other, in this process.
 *
 * @returns those that failed
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM; the run that trained has a checkpoint
 */
export async function runInOrder(grid: Grid): Promise<RunFailure[]> {
  const { experiment, preset, fresh, redraw, dataDir, ranks } = grid;
  const engine = await loadEngine();
  const loaded = new Map<string, DatasetSplits>();
  const failures: RunFailure[] = [];
  const bars = progressBars();
  const { log = bars.log } = grid;
  try {
    for (const run of gridRuns(grid)) {
      const { row, seed, settings } = run;
      try {
        const data = loaded.get(settings.data) ?? (await experiment.loadData(settings, { dataDir }));
        loaded.set(settings.data, data);
        const folder = runFolderOf(grid, run);
        const base = {
          experiment: experiment.id,
          dataSettings: experiment.dataSettings,
          row,
          preset,
          seed,
          settings,
          data,
          engine,
          fresh,
          redraw,
          folder,
          ...(ranks && {
            communicator: ranks.communicator,
            onShared: (measures: SharedRun['measures']) =>
              ranks.begin({
                experiment: experiment.id,
                row: row.name,
                seed,
                settings,
                folder,
                dataDir,
                measures,
              }),
          }),
        };
        const bar = bars.add(labelOf(run), lossUnit(grid, data));
        const onProgress = bar.update;
        const onTrained = bar.stop;
        await onInterrupt((signal) => runRow({ ...base, signal, log, onProgress, onTrained })).finally(() => {
          ranks?.end();
          onTrained();
        });
      } catch (error) {
        if (error instanceof TrainingError && error.code === 'interrupted') throw error;
        const failure = failureOf(run, error);
        failures.push(failure);
        log(`${labelOf(run)}: failed: ${failure.message}`);
      }
    }
  } finally {
    bars.stop();
  }
  return failures;
}

export function failureOf({ row, seed }: GridRun, error: unknown): RunFailure {
  return { row: row.name, seed, message: error instanceof Error ? error.message : String(error) };
}
