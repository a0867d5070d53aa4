import { basename, dirname } from 'node:path';
import type { RunResult } from '@pixelrnn/metrics';
import { evaluate } from '@pixelrnn/training';
import type { Experiment } from '../experiment.js';
import { findExperiment } from '../registry.js';
import { readConfig, readResult } from '../runner/runFiles.js';
import { loadPretrained, pretrainedFolder, resultsFolder } from './loadPretrained.js';

export interface MeasureCommittedOptions {
  /** Folder of the results; this checkout's by default. */
  results?: string;
  /** Folder of the datasets, as everywhere. */
  dataDir?: string;
  /** Which split; by default the one that the paper reports. */
  split?: 'test' | 'valid';
  /** Told what it is about to measure. */
  onStart?: (images: number) => void;
}

/** Committed weights measured again, in nats per image. */
export interface MeasuredAgain {
  experiment: Experiment;
  split: 'test' | 'valid';
  /** The run's own numbers, as committed. */
  result: RunResult;
  committed: number;
  measured: number;
}

/**
 * Evaluates committed weights, `table4/pixelcnn` or with a seed, on the images that their run was measured on. Nothing is trained. An
 * engine must have been loaded.
 *
 * @throws UsageError listing the names that there are, and those that are near
 * @throws DataError where the images are not here and cannot be fetched
 * @throws Error where the images here are of another set
 */
export async function measureCommitted(
  name: string,
  { results = resultsFolder, dataDir, split: asked, onStart }: MeasureCommittedOptions = {},
): Promise<MeasuredAgain> {
  const folder = await pretrainedFolder(name, results);
  const experiment = findExperiment(experimentOf(folder));
  const split = asked ?? experiment.split ?? 'test';
  const [config, result] = [await readConfig(folder), await readResult(folder)];
  if (!config || !result) {
    throw new Error(`${folder} should hold config.json and result.json beside its weights: put them back.`);
  }
  const settings = config.settings as Record<string, unknown>;
  const splits = await experiment.loadData(
    { ...settings, data: String(settings.data) },
    dataDir === undefined ? {} : { dataDir },
  );
  const data = splits[split];
  if (data.name !== result.dataset) {
    throw new Error(
      `${name} was measured on ${result.dataset}, but the data folder has ${data.name}: put the files of the former there, or name another folder.`,
    );
  }
  const images = split === 'test' ? result.testImages : result.validImages;
  onStart?.(images);
  const model = await loadPretrained(name, results);
  try {
    const { nats } = await evaluate(model, images < data.count ? data.subset(images) : data);
    return { experiment, split, result, committed: result[split], measured: nats };
  } finally {
    model.dispose();
  }
}

/** `<results>/<id>/runs/<row>/seed-<n>` to `<id>`. */
const experimentOf = (folder: string) => basename(dirname(dirname(dirname(folder))));
