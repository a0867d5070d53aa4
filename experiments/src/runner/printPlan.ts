import type { DatasetSplits } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { type Estimate, estimate, formatSeconds } from '@pixelrnn/training';
import type { Experiment } from '../experiment.js';
import { planClosedForms } from './computeRow.js';
import { plan } from './plan.js';
import type { ExperimentOptions } from './runExperiment.js';
import type { RowSettings } from './settings.js';
import { trainingOptions } from './trainingOptions.js';
import { trainingShape } from './trainingShape.js';

/**
 * Prints what `runExperiment` would do: rows, settings, layers, parameters, and the time and memory that a run will
 * take, measured by one step of a model that is then thrown away. Trains and writes nothing.
 */
export async function printPlan(experiment: Experiment, options: ExperimentOptions): Promise<void> {
  const { seeds = [0], dataDir } = options;
  for (const { row, data } of planClosedForms(experiment, options)) {
    console.log(`${experiment.id} ${row.name}, computed on ${data}: nothing is trained`);
  }
  const planned = plan(experiment, options);
  if (planned.length === 0) return;
  await loadEngine();
  for (const { row, settings } of planned) {
    const data = await experiment.loadData(settings, { dataDir });
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
    const found = await estimate(model, trainingOptions(settings, seed), data.train);
    console.log(costs(found, settings, data).join('\n'));
    model.dispose();
  }
}

/** Time and memory of one run. */
function costs(found: Estimate, settings: RowSettings, data: DatasetSplits): string[] {
  const { steps, maxSeconds, validateEvery, validImages, testImages, trainImages, batchSize } = settings;
  const valid = validImages ?? data.valid.count;
  const training = Math.min(steps * found.secondsPerStep, maxSeconds ?? Number.POSITIVE_INFINITY);
  const trained = Math.min(steps, Math.ceil(training / found.secondsPerStep));
  const evaluated =
    (Math.ceil(trained / validateEvery) + 1) * valid + (testImages ?? data.test.count) + trainImages;
  const evaluating = evaluated * found.secondsPerImage;
  const megabytes = (bytes: number) => `${Math.ceil(bytes / 1e6)} MB`;
  const measured = found.images < batchSize ? `, from a step of ${found.images}` : '';
  return [
    `step ${found.secondsPerStep.toPrecision(3)} s, ${(batchSize / found.secondsPerStep).toPrecision(3)} images/s${measured}`,
    `time about ${formatSeconds(training + evaluating)} a run: training ${formatSeconds(training)}, evaluation ${formatSeconds(evaluating)}; samples not counted`,
    `memory about ${megabytes(found.processBytes)}, of which ${megabytes(found.tensorBytes)} are tensors at the peak of a step`,
  ];
}
