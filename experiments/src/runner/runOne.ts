import { describeEngine, loadEngine } from '@pixelrnn/engine';
import type { TaskStart } from '@pixelrnn/files';
import type { RunResult } from '@pixelrnn/metrics';
import type { LossUnit, TrainingProgress } from '@pixelrnn/training';
import type { PresetName } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { lossUnit, runFolderOf } from './grid.js';
import { plan } from './plan.js';
import { runRow } from './runRow.js';

/** One row with one seed, in words that a process of its own can be told. */
export interface OrderedRun {
  experiment: string;
  row: string;
  seed: number;
  preset: PresetName;
  /** The changes to the preset, as they were given. */
  set: Record<string, unknown>;
  out: string;
  fresh: boolean;
  dataDir?: string | undefined;
  announceEngine: boolean;
  /** Where a scheduler has started this: earlier starts lose the run folder. */
  start?: TaskStart | undefined;
}

/** Who is told of a run. */
export interface RunListener {
  onUnit(unit: LossUnit): Promise<void> | void;
  onProgress(progress: TrainingProgress): void;
  onTrained(): void;
  log(line: string): void;
}

/** Loads engine and data and runs it, whoever has ordered it. @throws as `runRow` does */
export async function runOne(
  order: OrderedRun,
  listener: RunListener,
  signal: AbortSignal,
): Promise<RunResult> {
  const { seed, preset, set, fresh, dataDir, out, start } = order;
  const { log, onProgress, onTrained } = listener;
  const experiment = findExperiment(order.experiment);
  const planned = plan(experiment, { preset, rows: [order.row], set });
  const [{ row, settings }] = planned as [(typeof planned)[0]];
  const engine = await loadEngine({ quiet: true });
  if (order.announceEngine) log(describeEngine(engine));
  const data = await experiment.loadData(settings, { dataDir });
  const grid = { experiment, planned, seeds: [seed], preset, out, fresh };
  await listener.onUnit(lossUnit(grid, data));
  const folder = runFolderOf(grid, { row, seed });
  const { id, dataSettings } = experiment;
  const base = { experiment: id, dataSettings, row, preset, seed, settings, data, engine, folder, fresh };
  return runRow({ ...base, start, log, onProgress, onTrained, signal });
}
