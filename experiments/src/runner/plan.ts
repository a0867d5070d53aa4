import {
  type Experiment,
  type ExperimentRow,
  isClosedForm,
  isMeasure,
  type PresetName,
  type RowModel,
} from '../experiment.js';
import { didYouMean } from './nearest.js';
import { type RowSettings, resolveSettings } from './settings.js';
import { UsageError } from './usageError.js';

export type TrainableRow = ExperimentRow & { model: RowModel };

export interface PlannedRow {
  row: TrainableRow;
  settings: RowSettings;
}

export const trainable = (row: ExperimentRow): row is TrainableRow => row.model !== undefined;

export interface PlanOptions {
  preset: PresetName;
  /** Names of rows; all that can be run by default. */
  rows?: string[];
  /** Changes to the preset's settings. */
  set?: Record<string, unknown>;
}

/**
 * The rows to be trained, all by default.
 *
 * @throws UsageError for an unknown row, or one without a model
 */
export function chosenRows(experiment: Experiment, rows: string[] | undefined): TrainableRow[] {
  const available = experiment.rows.filter(trainable);
  if (!rows) return available;
  const computed = experiment.rows
    .filter((row) => isClosedForm(row) || isMeasure(row))
    .map(({ name }) => name);
  return rows
    .filter((name) => !computed.includes(name))
    .map((name) => {
      const row = available.find((candidate) => candidate.name === name);
      if (row) return row;
      const known = experiment.rows.some((other) => other.name === name);
      const names = [...computed, ...available.map((other) => other.name)];
      throw new UsageError(
        `Row ${name} of ${experiment.id} ${known ? 'has no model to run' : 'is not known'}: expected some of ${names.join(', ')}.${didYouMean(name, names)}`,
      );
    });
}

/**
 * The rows that would be trained, with their settings.
 *
 * @throws UsageError for an unknown row, a row without a model, or a setting that does not fit
 */
export function plan(experiment: Experiment, { preset, rows, set }: PlanOptions): PlannedRow[] {
  return chosenRows(experiment, rows).map((row) => {
    const settings = resolveSettings(row, preset, set, experiment.dataSettings);
    if (!experiment.datasets.includes(settings.data)) {
      throw new UsageError(
        `Setting data of ${experiment.id}: expected one of ${experiment.datasets.join(', ')}, got ${settings.data}.`,
      );
    }
    return { row, settings };
  });
}
