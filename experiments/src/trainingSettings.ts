import { z } from 'zod';

const positive = z.int().positive();

/** What every trained row can be asked: the flat keys of `--set key=value`, beside the model's own. */
export const trainingSettingsSchema = z.strictObject({
  /** Which set, or which kind of it; each experiment says what it knows. */
  data: z.string(),
  steps: positive,
  /** Stop training after this many seconds if that comes first; null: never. */
  maxSeconds: z.number().positive().nullable(),
  batchSize: positive,
  learningRate: z.number().positive(),
  logEvery: positive,
  validateEvery: positive,
  /** Images of each split that are evaluated, from its front; null: all. */
  validImages: positive.nullable(),
  testImages: positive.nullable(),
  /** Training images evaluated at the end; 0: none. */
  trainImages: z.int().nonnegative(),
  /** Images drawn from the trained model, a square number looks best; 0: none. */
  samples: z.int().nonnegative(),
});

export type TrainingSettings = z.infer<typeof trainingSettingsSchema>;
