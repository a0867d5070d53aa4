import { planClosedForms } from './computeRow.js';
import type { Experiment } from './experiment.js';
import { type ExperimentOptions, plan } from './runExperiment.js';
import { trainingShape } from './trainingShape.js';

/** Prints what `runExperiment` would do: rows, settings, layers and parameters. Trains nothing. */
export async function printPlan(experiment: Experiment, options: ExperimentOptions): Promise<void> {
  const { seeds = [0], dataDir } = options;
  for (const { row, data } of planClosedForms(experiment, options)) {
    console.log(`${experiment.id} ${row.name}, computed on ${data}: nothing is trained`);
  }
  for (const { row, settings } of plan(experiment, options)) {
    const data = await experiment.loadData(settings, { dataDir });
    const model = row.model.build(settings, trainingShape(data.train), seeds[0] as number);
    console.log(
      `${experiment.id} ${row.name}, preset ${options.preset}, seeds ${seeds.join(', ')}, on ${data.train.name}`,
    );
    console.log(JSON.stringify(settings, null, 2));
    model.summary(110);
    const images = settings.steps * settings.batchSize;
    console.log(
      `${settings.steps} steps, ${images} images, ${(images / data.train.count).toFixed(1)} passes over ${data.train.count} training images`,
    );
    model.dispose();
  }
}
