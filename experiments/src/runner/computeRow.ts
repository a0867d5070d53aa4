import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { type EngineInfo, loadEngine } from '@pixelrnn/engine';
import type { TaskStart } from '@pixelrnn/files';
import type { RunResult } from '@pixelrnn/metrics';
import { type ClosedFormRow, type Experiment, isClosedForm, type PresetName } from '../experiment.js';
import { differences, otherSettings } from './differences.js';
import type { Grid, RunFailure } from './grid.js';
import { writeResult } from './runFiles.js';
import { type EarlierRun, inRunFolder, type Work } from './runFolder.js';
import { trainingSettingsSchema } from './trainingSettings.js';
import { isUnknownEngine, UsageError } from './usageError.js';

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
  { experiment, preset, out, fresh, dataDir, start, log = console.error }: Omit<Grid, 'planned' | 'seeds'>,
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
      const place = { experiment: experiment.id, preset, fresh, start, folder };
      await computeRow({ ...place, engine, log, row, setting, data });
    } catch (error) {
      if (isUnknownEngine(error)) throw error;
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
  start: TaskStart | undefined;
  log: (line: string) => void;
}

/**
 * Computes a row in its run folder, which has config.json, environment.json and result.json only. A finished one is
 * returned as it is.
 *
 * @throws Error if the folder holds a run on another dataset
 * @throws FileError `locked` if another process works on the folder
 */
function computeRow(options: ComputeOptions): Promise<RunResult> {
  const { experiment, row, preset, setting, data, engine, folder, fresh, start, log } = options;
  const { label } = row;
  const config = {
    experiment,
    row: row.name,
    preset,
    seed: 0,
    dataset: data.test.name,
    settings: { data: setting },
  };
  // A preset changes nothing here: the result of any will do.
  const workAfter = ({ config: before, result }: EarlierRun): Work => {
    const found = differences({ ...before, preset }, config);
    if (found.size > 0) throw otherSettings(folder, found.values());
    return { kind: result ? 'done' : 'run' };
  };
  const place = { folder, fresh, start, label, log, config, data, engine, workAfter };
  return inRunFolder(place, async ({ begin, lock }) => {
    await begin();
    const { height, width, channels, name: dataset, count } = data.test;
    const start = performance.now();
    const computed = await row.closedForm.compute(data, (line) => log(`${label}: ${line}`), folder);
    const result: RunResult = {
      testImages: count,
      validImages: data.valid.count,
      ...computed,
      testSplit: count,
      dimensions: height * width * channels,
      dataset,
      steps: 0,
      seconds: (performance.now() - start) / 1000,
      engine: engine.engine,
    };
    await writeResult(folder, result, lock);
    return result;
  });
}
