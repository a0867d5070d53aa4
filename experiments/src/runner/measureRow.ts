import { join } from 'node:path';
import type { DatasetSplits, ImageDataset } from '@pixelrnn/data';
import { type EngineInfo, loadEngine } from '@pixelrnn/engine';
import type { RunResult } from '@pixelrnn/metrics';
import { loadModel, onInterrupt, TrainingError } from '@pixelrnn/training';
import type { z } from 'zod';
import { type Experiment, isMeasure, type MeasureRow, type PresetName } from '../experiment.js';
import { differences } from './differences.js';
import { type FoundWeights, findWeights } from './findWeights.js';
import type { Grid, RunFailure } from './grid.js';
import type { PlanOptions } from './plan.js';
import { requireImages } from './requireImages.js';
import { writeResult } from './runFiles.js';
import { type EarlierRun, inRunFolder, type Work } from './runFolder.js';
import { settingsSchema } from './settings.js';
import { settingsError, unknownSetting } from './settingsError.js';
import { measureSettingsSchema } from './trainedMeasure.js';
import { isUnknownEngine, UsageError } from './usageError.js';

type Settings = z.infer<typeof measureSettingsSchema> & Record<string, unknown>;

export interface PlannedMeasure {
  row: MeasureRow;
  settings: Settings;
  /** Whether the row was asked for by name. */
  named: boolean;
}

/**
 * The chosen rows that measure trained models, with their settings. Settings of the rows beside them that are trained mean
 * nothing to them.
 *
 * @throws UsageError for a setting that is not known or of another type, or another dataset than the experiment's
 */
export function planMeasures(
  experiment: Experiment,
  { preset, rows, set = {} }: PlanOptions,
): PlannedMeasure[] {
  const chosen = experiment.rows.filter(isMeasure).filter(({ name }) => !rows || rows.includes(name));
  const others = experiment.rows
    .filter(({ name }) => !rows || rows.includes(name))
    .flatMap(({ model }) => (model ? Object.keys(settingsSchema(model, experiment.dataSettings).shape) : []));
  return chosen.map((row) => {
    const schema = measureSettingsSchema.extend(row.measure.settings.shape);
    const known = Object.keys(schema.shape);
    const unknown = Object.keys(set).find((key) => !known.includes(key) && !others.includes(key));
    if (unknown) throw unknownSetting(row.name, unknown, known);
    const own = Object.fromEntries(Object.entries(set).filter(([key]) => known.includes(key)));
    const given = { ...row.measure.presets[preset], ...own };
    const parsed = schema.safeParse(given);
    if (!parsed.success) throw settingsError(row.name, parsed.error, given);
    const settings = parsed.data as Settings;
    if (!experiment.datasets.includes(settings.data)) {
      throw new UsageError(
        `Setting data of ${experiment.id}: expected one of ${experiment.datasets.join(', ')}, got ${settings.data}.`,
      );
    }
    return { row, settings, named: rows !== undefined };
  });
}

export interface MeasureOptions
  extends Pick<Grid, 'experiment' | 'preset' | 'out' | 'fresh' | 'dataDir' | 'start' | 'log'> {
  /** Folder of the committed results. */
  results?: string | undefined;
  /** Ends it by throwing the signal's reason; by default SIGINT and SIGTERM do. */
  signal?: AbortSignal | undefined;
}

/**
 * The rows one after the other, in this process. One whose weights are not trained yet is left out, with a line about it;
 * where it was asked for by name, that is a failure.
 *
 * @returns those that failed
 * @throws TrainingError `interrupted` after SIGINT or SIGTERM
 */
export async function measureRows(
  options: MeasureOptions,
  planned: readonly PlannedMeasure[],
): Promise<RunFailure[]> {
  const { experiment, dataDir, signal: given, log = console.error } = options;
  const failures: RunFailure[] = [];
  const loaded = new Map<string, DatasetSplits>();
  for (const { row, settings, named } of planned) {
    try {
      const found = await findWeights(row.measure.weights, { ...options, data: settings.data });
      if (!found) {
        const message = notTrained(row, options.preset);
        if (named) throw new Error(message);
        log(`${row.label}: left out: ${message}`);
        continue;
      }
      const engine = await loadEngine();
      const data = loaded.get(settings.data) ?? (await experiment.loadData(settings, { dataDir }));
      loaded.set(settings.data, data);
      const measure = (signal: AbortSignal) =>
        measureRow({ ...options, log, row, settings, found, data, engine, signal });
      await (given ? measure(given) : onInterrupt(measure));
    } catch (error) {
      given?.throwIfAborted();
      if (isUnknownEngine(error)) throw error;
      if (error instanceof TrainingError && error.code === 'interrupted') throw error;
      const message = error instanceof Error ? error.message : String(error);
      failures.push({ row: row.name, seed: 0, message });
      log(`${row.label}: failed: ${message}`);
    }
  }
  return failures;
}

/** What to say where a row measures weights that are not there. */
export function notTrained({ measure }: MeasureRow, preset: PresetName): string {
  const [experiment, row] = measure.weights.split('/');
  return `no finished run of ${measure.weights} of preset ${preset} is there, and no committed one: pnpm exp ${experiment} --preset ${preset} --rows ${row} trains it.`;
}

/** The weights that were measured: what `config.json` of such a row has beside its settings. */
const weightsKeys = ['weights', 'weightsSteps', 'weightsTest'];

/** The settings in a `config.json` of such a row, those that it can be asked for. */
export const askedSettings = (written: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(written).filter(([key]) => !weightsKeys.includes(key)));

interface MeasureRowOptions extends MeasureOptions {
  row: MeasureRow;
  settings: Settings;
  found: FoundWeights;
  data: DatasetSplits;
  engine: EngineInfo;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Measures in a run folder. A finished one is returned as it is, unless its settings or its weights were other ones. */
async function measureRow(options: MeasureRowOptions): Promise<RunResult> {
  const { experiment, row, preset, settings, found, data, engine, out, fresh, start, log, signal } = options;
  const folder = join(out, experiment.id, 'runs', row.name, 'seed-0');
  const { label } = row;
  const weights = { weights: found.name, weightsSteps: found.result.steps, weightsTest: found.result.test };
  const config = {
    experiment: experiment.id,
    row: row.name,
    preset,
    seed: 0,
    dataset: data.test.name,
    settings: { ...settings, ...weights },
  };
  const workAfter = ({ config: before, result }: EarlierRun): Work => {
    const { settings: given, ...rest } = before;
    const found = [
      ...differences(rest, { ...config, settings: undefined }).values(),
      ...differences(Object(given), config.settings).values(),
    ];
    if (found.length > 0) return { kind: 'anew', why: `measuring again (${found.join('; ')})` };
    return { kind: result ? 'done' : 'run' };
  };
  const place = { folder, fresh, start, label, log, config, data, engine, workAfter };
  requireImages(settings, data);
  return inRunFolder(place, async ({ begin, lock }) => {
    await begin();
    log(`${label}: measuring ${found.name}${found.committed ? ' of the committed results' : ''}`);
    const start = performance.now();
    const model = await loadModel(found.folder);
    try {
      const measured = await row.measure.measure(model, data, {
        settings: settings as Settings & Record<string, unknown>,
        weights: found.name,
        folder,
        log: (line) => log(`${label}: ${line}`),
        signal,
      });
      const { height, width, channels, name: dataset, count } = data.test;
      const result: RunResult = {
        ...measured,
        train: null,
        testImages: settings.testImages ?? count,
        testSplit: count,
        validImages: settings.validImages ?? data.valid.count,
        dimensions: height * width * channels,
        dataset,
        parameters: model.countParams(),
        steps: found.result.steps,
        images: found.result.images,
        seconds: (performance.now() - start) / 1000,
        engine: engine.engine,
      };
      await writeResult(folder, result, lock);
      return result;
    } finally {
      model.dispose();
    }
  });
}

/** So many images of a split, evenly spaced; null: all. */
export const part = (split: ImageDataset, images: number | null): ImageDataset =>
  images === null ? split : split.subset(images);
