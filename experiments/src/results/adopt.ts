import { copyFile, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { writeFileAtomic } from '@pixelrnn/files';
import { type MetricsLine, parseMetricsLog } from '@pixelrnn/metrics';
import { evaluate, loadModel } from '@pixelrnn/training';
import type { ExperimentRow, RowModel } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { isPicture } from '../runner/pictures.js';
import { trainable } from '../runner/plan.js';
import { type RunConfig, runConfigSchema } from '../runner/runConfig.js';
import { readConfig, readResult } from '../runner/runFiles.js';
import { trainingShape } from '../runner/trainingShape.js';
import { type Adopted, writeAdopted, writeModel } from './adoptedFiles.js';
import { committedPreset } from './committedPreset.js';

export interface AdoptOptions {
  /** Folder of the results. */
  results: string;
  dataDir?: string;
  log?: (line: string) => void;
}

/** How far a number measured again may be from the run's own, nats per image: engines round in their own ways. */
const agreement = 1e-2;

/** Entries of the training loss that are kept. */
const mostEntries = 200;

/**
 * Copies a finished run into the results, after measuring its weights again on its test images: config, environment, result,
 * metrics (thinned where they are many), pictures, and the weights in TensorFlow.js' format where they are small enough.
 *
 * @returns the run's folder in the results
 * @throws Error where the folder holds no finished run of the committed preset, or its weights give another number
 */
export async function adopt(
  source: string,
  { results, dataDir, log = console.error }: AdoptOptions,
): Promise<string> {
  const config = await finishedConfig(source);
  const result = await readResult(source);
  if (!result) throw new Error(`${source} holds no result.json: only a finished run can be adopted.`);
  const experiment = findExperiment(config.experiment);
  const row = experiment.rows.find(({ name }) => name === config.row);
  if (!row || !trainable(row))
    throw new Error(`${source} is of row ${config.row}, which ${experiment.id} does not train.`);
  const engine = await loadEngine();
  const data = await experiment.loadData(
    { ...config.settings, data: String(config.settings.data) },
    dataDir === undefined ? {} : { dataDir },
  );
  const model = await loadModel(join(source, 'checkpoint'));
  const target = join(results, experiment.id, 'runs', row.name, `seed-${config.seed}`);
  if (resolve(source) === resolve(target)) throw new Error(`${source} is in the results already.`);
  try {
    log(`measuring ${result.testImages} test images again`);
    const { testImages } = result;
    const test = await evaluate(
      model,
      testImages < data.test.count ? data.test.subset(testImages) : data.test,
    );
    if (!(Math.abs(test.nats - result.test) <= agreement)) {
      throw new Error(
        `${source}: its weights give ${test.nats.toFixed(4)} nats, its result.json says ${result.test.toFixed(4)}: find out why before it is adopted.`,
      );
    }
    log(`${test.nats.toFixed(4)} nats; the run has ${result.test.toFixed(4)}`);
    await rm(target, { recursive: true, force: true });
    await copyRun(source, target);
    await writeModel(model, join(target, 'model'));
    const paperParameters = countPaper(row, data);
    const adopted: Adopted = { test: test.nats, engine: engine.engine, paperParameters };
    await writeAdopted(target, adopted);
    return target;
  } finally {
    model.dispose();
  }
}

async function finishedConfig(source: string): Promise<RunConfig> {
  const parsed = runConfigSchema.safeParse(await readConfig(source));
  if (!parsed.success) {
    throw new Error(
      `${source} holds no config.json of a run of this version: expected <out>/<id>/runs/<row>/seed-<n>.`,
    );
  }
  if (parsed.data.preset !== committedPreset) {
    throw new Error(
      `${source} is of preset ${parsed.data.preset}: the results hold runs of preset ${committedPreset}.`,
    );
  }
  return parsed.data;
}

async function copyRun(source: string, target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  const pictures = (await readdir(source)).filter(isPicture);
  for (const name of ['config.json', 'environment.json', 'result.json', ...pictures]) {
    await copyFile(join(source, name), join(target, name));
  }
  const lines = parseMetricsLog(await readFile(join(source, 'metrics.jsonl'), 'utf8'));
  const text = thinned(lines).map((line) => `${JSON.stringify(line)}\n`);
  await writeFileAtomic(join(target, 'metrics.jsonl'), text.join(''));
}

/** Every validation, and of the entries of the training loss evenly spaced ones, the last among them. */
export function thinned(lines: readonly MetricsLine[], most = mostEntries): MetricsLine[] {
  const losses = lines.filter(({ valid }) => valid === undefined);
  const every = Math.ceil(losses.length / most);
  const kept = new Set(losses.filter((_, i) => (losses.length - 1 - i) % every === 0));
  return lines.filter((line) => line.valid !== undefined || kept.has(line));
}

/** Parameters of the row at the paper's sizes. */
function countPaper({ model }: ExperimentRow & { model: RowModel }, data: DatasetSplits): number {
  const built = model.build(model.presets.paper, trainingShape(data.test), 0);
  try {
    return built.countParams();
  } finally {
    built.dispose();
  }
}
