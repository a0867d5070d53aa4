import type { ImageDataset } from '@pixelrnn/data';
import {
  type Experiment,
  type ExperimentRow,
  type PresetName,
  type RowSettings,
  resolveSettings,
  trainingOptions,
  trainingShape,
} from '@pixelrnn/experiments';
import { paperNumber } from '@pixelrnn/metrics';
import type { TrainingOptions } from '@pixelrnn/training';
import type * as tf from '@tensorflow/tfjs';
import { experimentOf } from './experimentOf.js';

export interface BuildRowOptions {
  /** Default `smoke`: seconds. */
  preset?: PresetName;
  /** Settings that differ from the preset's, as `--set` of `pnpm exp` takes them. */
  set?: Record<string, unknown>;
  /** Seed of the weights and of the order of images; default 0. */
  seed?: number;
}

/** A row of an experiment, ready to train. */
export interface BuiltRow {
  label: string;
  /** The paper's number in the experiment's metric; null where it gives none. */
  paper: number | null;
  /** That number as tables show it, with `(?)` where it was recalled; empty where there is none. */
  paperText: string;
  settings: RowSettings;
  /** What `train` takes. */
  training: TrainingOptions;
  model: tf.LayersModel;
}

/**
 * The model of an experiment's row for the images of a dataset, with the settings of a preset.
 *
 * @param given the experiment, or its id
 * @throws UsageError for a preset that there is not, a setting that the row does not have, or a value out of range
 * @throws Error for a row that the experiment does not have, or that is not trained, naming those that are
 */
export function buildRow(
  given: Experiment | string,
  name: string,
  images: ImageDataset,
  { preset = 'smoke', set = {}, seed = 0 }: BuildRowOptions = {},
): BuiltRow {
  const experiment = experimentOf('buildRow', given);
  const row = experiment.rows.find((candidate) => candidate.name === name);
  if (!row?.model) {
    const names = experiment.rows.filter(({ model }) => model).map((candidate) => candidate.name);
    throw new Error(
      `${experiment.id} should have a row '${name}' that is trained, but those are ${names.join(', ')}.`,
    );
  }
  const settings = resolveSettings(row as ExperimentRow & { model: typeof row.model }, preset, set);
  return {
    label: row.label,
    paper: row.paper,
    paperText: paperNumber({ paper: row.paper, paperRecalled: row.paperRecalled ?? false }),
    settings,
    training: trainingOptions(settings, seed),
    model: row.model.build(settings, trainingShape(images), seed),
  };
}
