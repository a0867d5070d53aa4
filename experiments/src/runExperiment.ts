import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import type { MetricsLine, ResultTable } from '@pixelrnn/metrics';
import { type TrainingRun, trainingCurve, writeFigure } from '@pixelrnn/plots';
import { readMetricsLog } from '@pixelrnn/training';
import { computeRow, isClosedForm, planClosedForms } from './computeRow.js';
import type { Experiment, ExperimentRow, PresetName, RowModel } from './experiment.js';
import { readConfig, readResult, runRow } from './runRow.js';
import { type RunResults, resultTable, writeTable } from './runTable.js';
import { type RowSettings, resolveSettings } from './settings.js';
import { UsageError } from './usageError.js';

export interface ExperimentOptions {
  preset: PresetName;
  /** Names of rows; all that have a model or a closed form by default. */
  rows?: string[];
  seeds?: number[];
  /** Changes to the preset's settings. */
  set?: Record<string, unknown>;
  out: string;
  fresh?: boolean;
  dataDir?: string;
  log?: (line: string) => void;
}

type TrainableRow = ExperimentRow & { model: RowModel };

export interface PlannedRow {
  row: TrainableRow;
  settings: RowSettings;
}

const runnable = (row: ExperimentRow) => trainable(row) || isClosedForm(row);
const trainable = (row: ExperimentRow): row is TrainableRow => row.model !== undefined;

/**
 * The rows that would be trained, with their settings.
 *
 * @throws UsageError for an unknown row, a row without a model, or a setting that does not fit
 */
export function plan(experiment: Experiment, { preset, rows, set }: ExperimentOptions): PlannedRow[] {
  const available = experiment.rows.filter(trainable);
  const computed = experiment.rows.filter(isClosedForm).map(({ name }) => name);
  const chosen = rows
    ?.filter((name) => !computed.includes(name))
    .map((name) => {
      const row = available.find((candidate) => candidate.name === name);
      if (row) return row;
      const why = experiment.rows.some((other) => other.name === name)
        ? 'has no model to run'
        : 'is not known';
      throw new UsageError(
        `Row ${name} of ${experiment.id} ${why}: expected some of ${[...computed, ...available.map((other) => other.name)].join(', ')}.`,
      );
    });
  return (chosen ?? available).map((row) => {
    const settings = resolveSettings(row, preset, set);
    if (!experiment.datasets.includes(settings.data)) {
      throw new UsageError(
        `Setting data of ${experiment.id}: expected one of ${experiment.datasets.join(', ')}, got ${settings.data}.`,
      );
    }
    return { row, settings };
  });
}

/** Runs rows x seeds, then writes the table and the plots of all finished runs of this preset. */
export async function runExperiment(
  experiment: Experiment,
  options: ExperimentOptions,
): Promise<ResultTable> {
  const { preset, seeds = [0], out, fresh = false, dataDir, log = console.error } = options;
  const planned = plan(experiment, options);
  const closedForms = planClosedForms(experiment, options);
  const engine = await loadEngine();
  const folder = join(out, experiment.id);
  const loaded = new Map<string, DatasetSplits>();
  const load = async (settings: { data: string }) => {
    const data = loaded.get(settings.data) ?? (await experiment.loadData(settings, { dataDir }));
    loaded.set(settings.data, data);
    return data;
  };
  for (const { row, data: setting } of closedForms) {
    const data = await load({ data: setting });
    const runFolder = join(folder, 'runs', row.name, 'seed-0');
    const shared = { experiment: experiment.id, preset, engine, fresh, log };
    await computeRow({ ...shared, row, setting, data, folder: runFolder });
  }
  for (const { row, settings } of planned) {
    const data = await load(settings);
    for (const seed of seeds) {
      const runFolder = join(folder, 'runs', row.name, `seed-${seed}`);
      await runRow({
        experiment: experiment.id,
        row,
        preset,
        seed,
        settings,
        data,
        engine,
        folder: runFolder,
        fresh,
        log,
      });
    }
  }
  const results = await finishedRuns(experiment, preset, folder);
  const table = resultTable(experiment, preset, results);
  await writeTable(experiment, table, folder);
  await writeCurves(experiment, results, folder);
  return table;
}

async function finishedRuns(
  experiment: Experiment,
  preset: PresetName,
  folder: string,
): Promise<Map<string, RunResults>> {
  const results = new Map<string, RunResults>();
  for (const row of experiment.rows.filter(runnable)) {
    const runs: RunResults = new Map();
    for (const name of await listFolder(join(folder, 'runs', row.name))) {
      const seed = /^seed-(\d+)$/.exec(name)?.[1];
      if (seed === undefined) continue;
      const runFolder = join(folder, 'runs', row.name, name);
      const result = await readResult(runFolder);
      const config = await readConfig(runFolder);
      if (result && config?.preset === preset) {
        runs.set(Number(seed), { result, settings: config.settings as Record<string, unknown> });
      }
    }
    if (runs.size > 0) results.set(row.name, runs);
  }
  return results;
}

async function listFolder(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** `curve.png` and `curve.html`: training and validation loss of every finished run, in nats per image. */
async function writeCurves(
  experiment: Experiment,
  results: ReadonlyMap<string, RunResults>,
  folder: string,
): Promise<void> {
  const runs: TrainingRun[] = [];
  for (const [name, seeds] of results) {
    const row = experiment.rows.find((candidate) => candidate.name === name) as ExperimentRow;
    if (isClosedForm(row)) continue;
    for (const seed of seeds.keys()) {
      const lines = await readMetricsLog(join(folder, 'runs', name, `seed-${seed}`));
      runs.push(curve(seeds.size > 1 ? `${row.label}, seed ${seed}` : row.label, lines));
    }
  }
  if (runs.length === 0) return;
  const paper = experiment.rows
    .filter(({ name, paper }) => results.has(name) && paper !== null && experiment.metric === 'nats')
    .map(({ label, paper }) => ({ label: `${label} in the paper, test`, value: paper as number }));
  const figure = trainingCurve(runs, { unit: 'nats', paper });
  await writeFigure(figure, { png: join(folder, 'curve.png'), html: join(folder, 'curve.html') });
}

/** The entries of a metrics log as one curve: entries of the same step belong together. */
function curve(label: string, lines: readonly MetricsLine[]): TrainingRun {
  const steps = [...new Set(lines.map(({ step }) => step))];
  const at = (step: number, key: 'train' | 'valid') =>
    lines.find((line) => line.step === step && line[key] !== undefined)?.[key] ?? null;
  return {
    label,
    steps,
    train: steps.map((step) => at(step, 'train')),
    valid: steps.map((step) => at(step, 'valid')),
  };
}
