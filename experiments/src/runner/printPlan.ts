import { join } from 'node:path';
import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { formatSeconds } from '@pixelrnn/training';
import type { Experiment } from '../experiment.js';
import { experiments } from '../registry.js';
import { planClosedForms } from './computeRow.js';
import { planMeasures } from './measureRow.js';
import { type PlannedRow, plan } from './plan.js';
import { requireImages } from './requireImages.js';
import type { CampaignOptions } from './runAll.js';
import { type RunCosts, runCosts } from './runCosts.js';
import type { ExperimentOptions } from './runExperiment.js';
import { readResult } from './runFiles.js';
import type { RowSettings } from './settings.js';
import { trainingShape } from './trainingShape.js';

/**
 * Prints what `runExperiment` would do: rows, settings, layers, parameters, and the time, memory and disk that a run will
 * take, measured by one step of a model that is then thrown away. Trains and writes nothing.
 */
export async function printPlan(experiment: Experiment, options: ExperimentOptions): Promise<void> {
  const { seeds = [0], dataDir } = options;
  for (const { row, data } of planClosedForms(experiment, options)) {
    console.log(`${experiment.id} ${row.name}, computed on ${data}: nothing is trained`);
  }
  for (const { row, settings } of planMeasures(experiment, options)) {
    console.log(
      `${experiment.id} ${row.name}, preset ${options.preset}, measures ${row.measure.weights}: nothing is trained\n${JSON.stringify(settings, null, 2)}`,
    );
  }
  const planned = plan(experiment, options);
  if (planned.length === 0) return;
  await loadEngine();
  for (const { row, settings } of planned) {
    const data = await experiment.loadData(settings, { dataDir });
    requireImages(settings, data);
    const seed = seeds[0] as number;
    const model = row.model.build(settings, trainingShape(data.train), seed);
    console.log(
      `${experiment.id} ${row.name}, preset ${options.preset}, seeds ${seeds.join(', ')}, on ${data.train.name}`,
    );
    console.log(JSON.stringify(settings, null, 2));
    model.summary(110);
    const images = settings.steps * settings.batchSize;
    console.log(
      `${settings.steps} steps, ${images} images, ${(images / data.train.count).toFixed(1)} passes over ${data.train.count} training images`,
    );
    console.log(describe(await runCosts(model, settings, data, seed), settings).join('\n'));
    model.dispose();
  }
}

const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;

function describe({ measured, training, evaluation, disk }: RunCosts, { batchSize }: RowSettings): string[] {
  const from = measured.images < batchSize ? `, from a step of ${measured.images}` : '';
  return [
    `step ${measured.secondsPerStep.toPrecision(3)} s, ${(batchSize / measured.secondsPerStep).toPrecision(3)} images/s${from}`,
    `time about ${formatSeconds(training + evaluation)} a run: training ${formatSeconds(training)}, evaluation ${formatSeconds(evaluation)}; samples not counted`,
    `memory about ${megabytes(measured.processBytes)}, of which ${megabytes(measured.tensorBytes)} are tensors at the peak of a step`,
    `disk about ${megabytes(disk)}: two checkpoints and the logs`,
  ];
}

/**
 * Prints what `runAll` would do, a line a row, and the sum: time of what is not finished yet, memory of the largest runs side
 * by side, disk of all.
 *
 * @returns the experiments whose data is not there, with the reason
 */
export async function printCampaign(
  options: CampaignOptions,
  chosen: readonly Experiment[] = experiments,
): Promise<string[]> {
  const { seeds = [0], dataDir, out, jobs = 1 } = options;
  const planned = chosen.map((experiment) => ({ experiment, rows: plan(experiment, options) }));
  await loadEngine();
  const totals = { seconds: 0, longest: 0, disk: 0, memory: [] as number[] };
  const missing: string[] = [];
  for (const { experiment, rows } of planned) {
    const loaded = new Map<string, DatasetSplits>();
    for (const { row, settings } of rows) {
      const name = `${experiment.id} ${row.name}`;
      try {
        const data = loaded.get(settings.data) ?? (await experiment.loadData(settings, { dataDir }));
        loaded.set(settings.data, data);
        requireImages(settings, data);
        const open = await unfinished(join(out, experiment.id, 'runs', row.name), seeds);
        const { costs, parameters } = await costsOf({ row, settings }, data, open[0] ?? 0);
        const seconds = costs.training + costs.evaluation;
        totals.seconds += seconds * open.length;
        if (open.length > 0) totals.longest = Math.max(totals.longest, seconds);
        totals.disk += costs.disk * seeds.length;
        totals.memory.push(...open.map(() => costs.memory));
        const done = seeds.length - open.length;
        console.log(
          `${name}: ${parameters} parameters, ${settings.steps} steps, ${formatSeconds(seconds)} a run, ${megabytes(costs.memory)} of memory, ${megabytes(costs.disk)} of disk, ${open.length} to run${done > 0 ? `, ${done} done` : ''}`,
        );
      } catch (error) {
        missing.push(`${name}: ${(error as Error).message}`);
      }
    }
  }
  const memory = totals.memory.sort((a, b) => b - a).slice(0, jobs);
  const seconds = Math.max(totals.longest, totals.seconds / jobs);
  console.log(
    `all: time about ${formatSeconds(seconds)}${jobs > 1 ? ` with ${jobs} runs at a time, if each is as fast as alone` : ''}, samples not counted; memory about ${megabytes(memory.reduce((sum, bytes) => sum + bytes, 0))}; disk about ${megabytes(totals.disk)}`,
  );
  return missing;
}

async function costsOf({ row, settings }: PlannedRow, data: DatasetSplits, seed: number) {
  const model = row.model.build(settings, trainingShape(data.train), seed);
  try {
    return { parameters: model.countParams(), costs: await runCosts(model, settings, data, seed) };
  } finally {
    model.dispose();
  }
}

/** The seeds without a result. */
async function unfinished(folder: string, seeds: readonly number[]): Promise<number[]> {
  const results = await Promise.all(seeds.map((seed) => readResult(join(folder, `seed-${seed}`))));
  return seeds.filter((_, i) => results[i] === null);
}
