import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { DatasetSplits } from '@pixelrnn/data';
import type { EngineInfo } from '@pixelrnn/engine';
import { sample } from '@pixelrnn/generation';
import { type RunResult, runResultSchema } from '@pixelrnn/metrics';
import { imageGrid } from '@pixelrnn/plots';
import { environment, evaluate, progressBar, train, writeFileAtomic } from '@pixelrnn/training';
import type { ExperimentRow, PresetName, RowModel } from './experiment.js';
import type { RowSettings } from './settings.js';
import { trainingShape } from './trainingShape.js';

export interface RunOptions {
  experiment: string;
  row: ExperimentRow & { model: RowModel };
  preset: PresetName;
  seed: number;
  settings: RowSettings;
  data: DatasetSplits;
  engine: EngineInfo;
  /** `<out>/<id>/runs/<row>/seed-<n>` */
  folder: string;
  /** Discard what is there. */
  fresh: boolean;
  log: (line: string) => void;
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `result.json` of a run folder, or null where the run is not finished. */
export async function readResult(folder: string): Promise<RunResult | null> {
  const text = await readIfThere(join(folder, 'result.json'));
  return text === null ? null : runResultSchema.parse(JSON.parse(text));
}

/** `config.json` of a run folder, or null where there is none. */
export async function readConfig(folder: string): Promise<Record<string, unknown> | null> {
  const text = await readIfThere(join(folder, 'config.json'));
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Trains, evaluates and samples one row with one seed, in its run folder. A finished run is returned as it is, an
 * unfinished one goes on from its checkpoint.
 *
 * @throws Error if the folder holds a run of other settings, naming those that differ
 */
export async function runRow(options: RunOptions): Promise<RunResult> {
  const { experiment, row, preset, seed, settings, data, engine, folder, fresh, log } = options;
  const config = { experiment, row: row.name, preset, seed, dataset: data.test.name, settings };
  if (fresh) await rm(folder, { recursive: true, force: true });
  const before = await readConfig(folder);
  if (before) requireSame(folder, before, config);
  const done = await readResult(folder);
  if (done) {
    log(`${row.label}, seed ${seed}: already done (${folder})`);
    return done;
  }
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'config.json'), json(config));
  const checksums = { ...data.train.checksums, ...data.valid.checksums, ...data.test.checksums };
  await writeFileAtomic(join(folder, 'environment.json'), json(environment(engine, checksums)));

  const shape = trainingShape(data.train);
  const { height, width, colors, levels } = shape;
  const model = row.model.build(settings, shape, seed);
  const bar = progressBar(`${row.label}, seed ${seed}`);
  const outcome = await train(
    model,
    { ...settings, seed },
    { train: data.train, valid: data.valid, folder, onProgress: (progress) => bar.update(progress) },
  ).finally(() => bar.stop());

  const limit = (name: 'test' | 'valid', count: number | null) =>
    count ? data[name].subset(count) : data[name];
  log(`${row.label}, seed ${seed}: evaluating`);
  const test = await evaluate(model, limit('test', settings.testImages));
  const valid = await evaluate(model, limit('valid', settings.validImages));
  const trained = settings.trainImages
    ? await evaluate(model, data.train.subset(settings.trainImages))
    : null;
  if (settings.samples > 0) {
    log(`${row.label}, seed ${seed}: sampling ${settings.samples} images`);
    const images = await sample(model, { ...shape, count: settings.samples, seed });
    const columns = Math.ceil(Math.sqrt(settings.samples));
    const png = await imageGrid({
      images,
      count: settings.samples,
      height,
      width,
      channels: colors,
      levels,
      columns,
    });
    await writeFileAtomic(join(folder, 'samples.png'), png);
  }
  const result: RunResult = {
    test: test.nats,
    valid: valid.nats,
    train: trained?.nats ?? null,
    testImages: test.images,
    testSplit: data.test.count,
    validImages: valid.images,
    testStandardError: test.standardError,
    dimensions: height * width * colors,
    dataset: data.test.name,
    parameters: model.countParams(),
    steps: outcome.steps,
    images: outcome.images,
    seconds: outcome.seconds,
    engine: engine.engine,
  };
  model.dispose();
  await writeFileAtomic(join(folder, 'result.json'), json(result));
  return result;
}

/** @throws Error naming the settings in which a run folder's config.json differs. */
export function requireSame(folder: string, before: Record<string, unknown>, now: object): void {
  const flat = (config: Record<string, unknown>) => ({
    ...config,
    ...(config.settings as object),
    settings: undefined,
  });
  const old = flat(before) as Record<string, unknown>;
  const next = flat(JSON.parse(JSON.stringify(now))) as Record<string, unknown>;
  const differing = [...new Set([...Object.keys(old), ...Object.keys(next)])]
    .filter((key) => !isDeepStrictEqual(old[key], next[key]))
    .map((key) => `${key}: ${JSON.stringify(old[key])} there, ${JSON.stringify(next[key])} asked for`);
  if (differing.length > 0) {
    throw new Error(
      `${folder} holds a run of other settings (${differing.join('; ')}). Use --fresh to replace it, or another --out.`,
    );
  }
}
