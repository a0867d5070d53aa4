import { z } from 'zod';
import { DataError } from './dataError.js';
import type { OnProgress } from './progress.js';

const onProgress = z
  .custom<OnProgress>((value) => typeof value === 'function', 'expected a function')
  .optional();
const dataDir = z.string().min(1).optional();

export const mnistOptions = z.strictObject({ dataDir, onProgress });

export const cifar10Options = z.strictObject({ dataDir, download: z.boolean().optional(), onProgress });

export const imageNetOptions = z.strictObject({
  size: z.literal([32, 64]),
  kind: z.enum(['original', 'resampled', 'sample']).optional(),
  dataDir,
  folder: z.string().min(1).optional(),
  cacheDir: z.string().min(1).optional(),
  onProgress,
});

export const binarizedMnistOptions = z.strictObject({
  kind: z.enum(['fixed', 'seeded', 'dynamic']),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .optional(),
  dataDir,
  download: z.boolean().optional(),
  onProgress,
});

/** @throws DataError `usage` that names each option that does not fit. */
export function parseOptions<T>(caller: string, schema: z.ZodType<T>, options: unknown): T {
  const result = schema.safeParse(options);
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.') || 'options'}: ${message}`);
  throw new DataError('usage', `${caller}: the options do not fit (${issues.join('; ')}): correct them.`);
}
