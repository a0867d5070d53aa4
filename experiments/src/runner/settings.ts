import { trainingConfigConflict } from '@pixelrnn/training';
import type { z } from 'zod';
import { type ExperimentRow, type PresetName, presetNames, type RowModel } from '../experiment.js';
import { settingsError, unknownSetting } from './settingsError.js';
import { type ResolvedTrainingSettings, trainingSettingsSchema } from './trainingSettings.js';
import { UsageError } from './usageError.js';

/** Training settings and the model's own, flat, every key with its value. */
export type RowSettings = ResolvedTrainingSettings & Record<string, unknown>;

/**
 * `key=value` of the command line; the value is JSON where it parses as such, else a string.
 *
 * @param expected the beginning of the error: whose value it is, and its form
 */
export function parseAssignment(text: string, expected = '--set expects key=value'): [string, unknown] {
  const separator = text.indexOf('=');
  if (separator < 1) throw new UsageError(`${expected}, got ${text}`);
  const value = text.slice(separator + 1);
  try {
    return [text.slice(0, separator), JSON.parse(value)];
  } catch {
    return [text.slice(0, separator), value]; // not JSON: a plain word
  }
}

/** Settings of training, of the model and of the experiment's data. */
export const settingsSchema = ({ settings }: RowModel, dataSettings: z.ZodRawShape = {}) =>
  trainingSettingsSchema.extend(settings.shape).extend(dataSettings);

/**
 * A row's settings: its preset with changes.
 *
 * @param dataSettings those of the experiment's data, where it has any
 * @throws UsageError for an unknown preset, an unknown key or a value of the wrong type or range, naming row and key
 */
export function resolveSettings(
  row: ExperimentRow & { model: RowModel },
  preset: PresetName,
  changes: Record<string, unknown> = {},
  dataSettings: z.ZodRawShape = {},
): RowSettings {
  if (!presetNames.includes(preset)) {
    throw new UsageError(`preset: expected one of ${presetNames.join(', ')}, got ${preset}.`);
  }
  const schema = settingsSchema(row.model, dataSettings);
  const known = Object.keys(schema.shape);
  for (const key of Object.keys(changes)) {
    if (!known.includes(key)) throw unknownSetting(row.name, key, known);
  }
  const given = { ...row.model.presets[preset], ...changes };
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw settingsError(row.name, parsed.error, given);
  const settings = parsed.data as RowSettings;
  const conflict = trainingConfigConflict(settings);
  if (conflict) throw new UsageError(`Settings of ${row.name}: ${conflict}.`);
  return settings;
}
