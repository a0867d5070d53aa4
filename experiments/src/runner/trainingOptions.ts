import { type TrainingOptions, trainingConfigSchema } from '@pixelrnn/training';
import type { RowSettings } from './settings.js';

/** What `train` takes of a row's settings. */
export function trainingOptions(settings: RowSettings, seed: number): TrainingOptions {
  const known = Object.entries(settings).filter(([key]) => isTrainingOption(key));
  return { ...Object.fromEntries(known), seed } as TrainingOptions;
}

/** Whether a setting is one of training, not of the model, the data or what is measured. */
export const isTrainingOption = (key: string) => key in trainingConfigSchema.shape;
