import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { type EngineInfo, loadEngine } from '@pixelrnn/engine';
import type { RunResult } from '@pixelrnn/metrics';
import { environment } from '@pixelrnn/training';
import { type ClosedFormRow, type Experiment, isClosedForm, type PresetName } from './experiment.js';
import type { Grid, RunFailure } from './grid.js';
import { requireSame } from './requireSame.js';
import { noteEnvironment, readConfig, readResult, writeConfig, writeResult } from './runFiles.js';
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
  for (const { name } of chosen) {
    const unknown = Object.keys(set).find((key) => !(key in trainingSettingsSchema.shape));
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
  for (const { row, data: setting } of planned) {
    try {
      const engine = await loadEngine();
      const data = await experiment.loadData({ data: setting }, { dataDir });
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

/**
 * Computes a row in its run folder, which has config.json, environment.json and result.json only. A finished one is
 * returned as it is.
 *
 * @throws Error if the folder holds a run on another dataset
 */
async function computeRow(options: {
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
}): Promise<RunResult> {
  const { experiment, row, preset, data, engine, folder, fresh, log } = options;
  const { height, width, channels, name: dataset, count } = data.test;
  const settings = { data: options.setting };
  const config = { experiment, row: row.name, preset, seed: 0, dataset, settings };
  if (fresh) await rm(folder, { recursive: true, force: true });
  const before = await readConfig(folder);
  if (before) requireSame(folder, before, config);
  const done = await readResult(folder);
  if (done) {
    log(`${row.label}: already done (${folder})`);
    return done;
  }
  await mkdir(folder, { recursive: true });
  await writeConfig(folder, config);
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
