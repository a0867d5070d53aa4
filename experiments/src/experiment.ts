import type { DatasetSplits } from '@pixelrnn/data';
import type { ResultTable, RunResult } from '@pixelrnn/metrics';
import type * as tf from '@tensorflow/tfjs';
import type { z } from 'zod';
import type { PresetName } from './presetName.js';
import type { ClosedForm } from './runner/closedForm.js';
import type { TrainedMeasure } from './runner/trainedMeasure.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

export { type PresetName, presetNames } from './presetName.js';

/** Height, width, colours and levels of the images that a model is built for. */
export interface ImageShape {
  height: number;
  width: number;
  colors: number;
  levels: number;
}

/** What a row's pictures are drawn from. */
export interface PictureContext {
  data: DatasetSplits;
  /** The setting `samples`. */
  count: number;
  seed: number;
  signal?: AbortSignal | undefined;
}

/** PNGs by the name of their file, such as `samples.png`. */
export type Pictures = Record<string, Buffer>;

/** How a row's model is built and trained. `Settings` are the model's own, beside {@link TrainingSettings}. */
export interface RowModel<Settings extends z.ZodRawShape = z.ZodRawShape> {
  settings: z.ZodObject<Settings>;
  /** All settings that have no default, for each preset. */
  presets: Record<PresetName, TrainingSettings & z.infer<z.ZodObject<Settings>>>;
  /** Those of the own settings that do nothing in a run with these, as on these data. */
  idle?(settings: Record<string, unknown>): readonly string[];
  build(settings: z.infer<z.ZodObject<Settings>>, shape: ImageShape, seed: number): tf.LayersModel;
  /** Draws the trained model's pictures into its run folder; by default `samples.png`, as many samples as are asked for, their classes in turn. */
  pictures?(model: tf.LayersModel, context: PictureContext): Promise<Pictures>;
}

/** A row of the table. Without model and closed form it is another author's, quoted for comparison, or one that is not there yet. */
export interface ExperimentRow {
  name: string;
  label: string;
  /** The paper's number in the experiment's metric. */
  paper: number | null;
  paperSource: string | null;
  /** The number was recalled, not read again: it is shown with `(?)`. */
  paperRecalled?: boolean;
  /** What the departures say in place of sizes and batch, where the paper gives none for the row. */
  ownSizes?: string;
  /**
   * Settings of which the paper's values, in preset `paper`, were recalled, not read again: departures from them are shown with
   * `(?)`. Where it is there, the paper gives no others.
   */
  recalledSettings?: readonly string[];
  model?: RowModel;
  /** Instead of a model: a row that is computed. */
  closedForm?: ClosedForm;
  /** Instead of a model: what is measured of a model that another row has trained. */
  measure?: TrainedMeasure;
  /** Trained only where it is asked for by name, or where none of the experiment's measures finds a trained model; and what measures that. */
  standIn?: boolean;
}

export type ClosedFormRow = ExperimentRow & { closedForm: ClosedForm };
export type MeasureRow = ExperimentRow & { measure: TrainedMeasure };

export const isClosedForm = (row: ExperimentRow): row is ClosedFormRow => row.closedForm !== undefined;
export const isMeasure = (row: ExperimentRow): row is MeasureRow => row.measure !== undefined;

/** Whether a row can be run here, not only quoted. */
export const canRun = (row: ExperimentRow): boolean =>
  row.model !== undefined || isClosedForm(row) || isMeasure(row);

/** A row with a model, and its finished run of the lowest seed. */
export interface FinishedRow {
  row: ExperimentRow & { model: RowModel };
  settings: Record<string, unknown>;
  result: RunResult;
  /** `<out>/<id>/runs/<row>/seed-<n>`, with its pictures. */
  folder: string;
}

/** One table or ablation. */
export interface Experiment {
  id: string;
  title: string;
  metric: ResultTable['metric'];
  /** The split that the paper's numbers belong to; test by default. */
  split?: ResultTable['split'];
  /**
   * What the images of that split are called where the set has no test images, and its validation images stand for them: runs are
   * then validated on training images that were held out.
   */
  splitName?: 'validation';
  /** None where nothing is trained and there is no table: then there are figures, and a page that explains them. */
  rows: ExperimentRow[];
  /** The page that {@link figures} write where there are no rows, a file beside them. */
  page?: string;
  /** What its models are, in a sentence for their cards, where they are no density models of the dataset. */
  limits?: string;
  /** What its numbers are, as `Negative log-likelihood of ...`, where they are not the likelihood of whole images. */
  quantity?: string;
  /** What a reader of its numbers should know before comparing them. */
  note?: string;
  /** What a reader of the tried settings should know, such as why a row has not its best one. */
  recipeNote?: string;
  /** The set that the paper's numbers belong to; results on any other carry its name in their label. */
  canonicalDataset: string;
  /** What the setting `data` may be. */
  datasets: readonly string[];
  /** Further settings of the data, which all rows have; those without a default must be set. */
  dataSettings?: z.ZodRawShape;
  /** Writes further files beside the table, for the rows that are finished; there is at least one, where there are rows. */
  figures?(finished: readonly FinishedRow[], folder: string): Promise<void>;
  /** @param settings the setting `data` and those of `dataSettings` */
  loadData(
    settings: Pick<TrainingSettings, 'data'> & Record<string, unknown>,
    options: { dataDir?: string },
  ): Promise<DatasetSplits>;
}

/** Checks a row's settings and build function against each other, then forgets their types. */
export function rowModel<Settings extends z.ZodRawShape>(model: RowModel<Settings>): RowModel {
  return model as unknown as RowModel;
}
