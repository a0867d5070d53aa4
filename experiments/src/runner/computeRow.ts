import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { type EngineInfo, loadEngine } from '@pixelrnn/engine';
import { lockRunFolder } from '@pixelrnn/files';
import type { RunResult } from '@pixelrnn/metrics';
import { environment } from '@pixelrnn/training';
import { type ClosedFormRow, type Experiment, isClosedForm, type PresetName } from '../experiment.js';
import type { Grid, RunFailure } from './grid.js';
import { requireSame } from './requireSame.js';
import { discardRun, noteEnvironment, readConfig, readResult, writeConfig, writeResult } from './runFiles.js';
import { trainingSettingsSchema } from './trainingSettings.js';
import { UsageError } from './usageError.js';

export interface PlannedClosedForm {
  row: ClosedFormRow;
  data: string;
}

/**
 * The chosen rows of closed form, and the dataset they are computed on. Settings of training mean nothing to them.
 *
 * @throws UsageError for a setting that is not known, or another dataset than the experiment's
 */
export function planClosedForms(
  experiment: Experiment,
  { rows, set = {} }: { rows?: string[]; set?: Record<string, unknown> },
): PlannedClosedForm[] {
  const chosen = experiment.rows.filter(isClosedForm).filter(({ name }) => !rows || rows.includes(name));
  const data = set.data ?? experiment.datasets[0];
  // Settings of training are meant for the rows beside them, where there are any.
  const alone = rows?.every((name) => chosen.some((row) => row.name === name));
  const known = alone ? ['data'] : Object.keys(trainingSettingsSchema.shape);
  for (const { name } of chosen) {
    const unknown = Object.keys(set).find((key) => !known.includes(key));
    if (unknown && rows) throw new UsageError(`${name} has no setting ${unknown}: expected data.`);
    if (!experiment.datasets.includes(data as string)) {
      throw new UsageError(
        `Setting data of ${experiment.id}: expected one of ${experiment.datasets.join(', ')}, got ${data}.`,
      );
    }
  }
  return chosen.map((row) => ({ row, data: data as string }));
}

/**
 * The rows one after the other, in this process.
 *
 * @returns those that failed
 */
export async function computeRows(
  { experiment, preset, out, fresh, dataDir, log = console.error }: Grid,
  planned: readonly PlannedClosedForm[],
): Promise<RunFailure[]> {
  const failures: RunFailure[] = [];
  let loading: Promise<DatasetSplits> | undefined;
  for (const { row, data: setting } of planned) {
    try {
      const engine = await loadEngine();
      loading ??= experiment.loadData({ data: setting }, { dataDir }); // the same setting for all
      const data = await loading;
      const folder = join(out, experiment.id, 'runs', row.name, 'seed-0');
      await computeRow({ experiment: experiment.id, preset, engine, fresh, log, row, setting, data, folder });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      failures.push({ row: row.name, seed: 0, message });
      log(`${row.label}: failed: ${message}`);
    }
  }
  return failures;
}

interface ComputeOptions {
  experiment: string;
  row: ClosedFormRow;
  preset: PresetName;
  /** The setting `data`. */
  setting: string;
  data: DatasetSplits;
  engine: EngineInfo;
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  folder: string;
  fresh: boolean;
  log: (line: string) => void;
}

/**
 * Computes a row in its run folder, which has config.json, environment.json and result.json only. A finished one is
 * returned as it is.
 *
 * @throws Error if the folder holds a run on another dataset
 * @throws TrainingError `locked` if another process works on the folder
 */
async function computeRow(options: ComputeOptions): Promise<RunResult> {
  const { row, folder, fresh, log } = options;
  const done = fresh ? null : await finished(options);
  if (done) {
    log(`${row.label}: already done (${folder})`);
    return done;
  }
  const lock = await lockRunFolder(folder);
  try {
    if (fresh) await discardRun(folder);
    return (await finished(options)) ?? (await computeLocked(options)); // another process may have finished it
  } finally {
    await lock.release();
  }
}

const configOf = ({ experiment, row, preset, data, setting }: ComputeOptions) => ({
  experiment,
  row: row.name,
  preset,
  seed: 0,
  dataset: data.test.name,
  settings: { data: setting },
});

/** The result that is there; null where there is none. A preset changes nothing here: that of any will do. */
async function finished(options: ComputeOptions): Promise<RunResult | null> {
  const { folder, preset } = options;
  const before = await readConfig(folder);
  if (before) requireSame(folder, { ...before, preset }, configOf(options));
  return readResult(folder);
}

async function computeLocked(options: ComputeOptions): Promise<RunResult> {
  const { row, data, engine, folder, log } = options;
  const { height, width, channels, name: dataset, count } = data.test;
  await writeConfig(folder, configOf(options));
  const checksums = { ...data.train.checksums, ...data.valid.checksums, ...data.test.checksums };
  await noteEnvironment(folder, environment(engine, checksums));
  const start = performance.now();
  const computed = await row.closedForm.compute(data, (line) => log(`${row.label}: ${line}`));
  const result: RunResult = {
    ...computed,
    testImages: count,
    testSplit: count,
    validImages: data.valid.count,
    dimensions: height * width * channels,
    dataset,
    steps: 0,
    seconds: (performance.now() - start) / 1000,
    engine: engine.engine,
  };
  await writeResult(folder, result);
  return result;
}
