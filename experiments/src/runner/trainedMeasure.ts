import type { DatasetSplits } from '@pixelrnn/data';
import type { RunResult } from '@pixelrnn/metrics';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import type { PresetName } from '../presetName.js';

const positive = z.int().positive();

/** What every measure can be asked, beside its own settings. */
export const measureSettingsSchema = z.strictObject({
  /** Which set; the model must have been trained on it. */
  data: z.string(),
  /** Test and validation images measured, evenly spaced over their split; null: all. */
  testImages: positive.nullable(),
  validImages: positive.nullable(),
});

type MeasureSettings<Own extends z.ZodRawShape> = z.infer<typeof measureSettingsSchema> &
  z.infer<z.ZodObject<Own>>;

/** What a row measures of a model that another row has trained, in this experiment or in another one. */
export interface TrainedMeasure<Own extends z.ZodRawShape = z.ZodRawShape> {
  /** Whose weights, `<experiment>/<row>`: a finished run of the preset under `--out`, else the committed ones. */
  weights: string;
  settings: z.ZodObject<Own>;
  presets: Record<PresetName, MeasureSettings<Own>>;
  /** Measures the model; may write further files into `folder`. */
  measure(
    model: tf.LayersModel,
    data: DatasetSplits,
    context: MeasureContext<MeasureSettings<Own>>,
  ): Promise<TrainedMeasurement>;
}

interface MeasureContext<Settings = Record<string, unknown>> {
  settings: Settings;
  /** The weights' name, `<experiment>/<row>/seed-<n>`. */
  weights: string;
  /** The run folder of the measure. */
  folder: string;
  log: (line: string) => void;
  /** Ends the measure by throwing the signal's reason. */
  signal: AbortSignal;
}

/** Means in nats per image, and their standard errors over images. */
type TrainedMeasurement = Pick<RunResult, 'test' | 'testStandardError' | 'valid' | 'validStandardError'>;

/** Checks a measure's settings and function against each other, then forgets their types. */
export function trainedMeasure<Own extends z.ZodRawShape>(measure: TrainedMeasure<Own>): TrainedMeasure {
  return measure as unknown as TrainedMeasure;
}
