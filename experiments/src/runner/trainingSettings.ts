import { trainingConfigSchema } from '@pixelrnn/training';
import { z } from 'zod';

const positive = z.int().positive();
const { steps, ...training } = trainingConfigSchema.omit({ seed: true }).shape;

/** What every trained row can be asked: the flat keys of `--set key=value`, beside the model's own. */
export const trainingSettingsSchema = z.strictObject({
  /** Which set, or which kind of it; each experiment says what it knows. */
  data: z.string(),
  steps,
  ...training,
  /** Test images, evenly spaced over the split; null: all. */
  testImages: positive.nullable(),
  /** Training images evaluated at the end; 0: none. */
  trainImages: z.int().nonnegative(),
  /** Images drawn from the trained model, a square number looks best; 0: none. */
  samples: z.int().nonnegative(),
  /** Draw them into TensorBoard's logs too, at a validation after so many steps; null, never: drawing takes long. */
  sampleEvery: positive.nullable().default(null),
});

/** Settings of a preset: what has a default may be left out. */
export type TrainingSettings = z.input<typeof trainingSettingsSchema>;

/** Settings of a run: every key. */
export type ResolvedTrainingSettings = z.output<typeof trainingSettingsSchema>;
