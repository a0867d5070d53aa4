import { expandHome } from '@pixelrnn/files';
import { z } from 'zod';
import { DataError } from './dataError.js';
import type { OnNote, OnProgress } from './progress.js';

const onProgress = z
  .custom<OnProgress>((value) => typeof value === 'function', 'expected a function')
  .optional();
/** A folder's path; `~` at its beginning is the home folder. */
const givenFolder = z.string().min(1).transform(expandHome);
const folder = givenFolder.optional();
const onNote = z.custom<OnNote>((value) => typeof value === 'function', 'expected a function').optional();
const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .optional();

export const mnistOptions = z.strictObject({ dataDir: folder, onProgress });

export const cifar10Options = z.strictObject({
  dataDir: folder,
  download: z.boolean().optional(),
  onProgress,
});

export const imageNetOptions = z.strictObject({
  size: z.literal([32, 64]),
  kind: z.enum(['original', 'resampled', 'sample']).optional(),
  dataDir: folder,
  folder,
  cacheDir: folder,
  skipBad: z.boolean().optional(),
  onProgress,
  onNote,
});

export const ownImagesOptions = z.strictObject({
  folder: givenFolder,
  size: z.int().min(1).max(4096),
  levels: z.int().min(2).max(256).optional(),
  grey: z.boolean().optional(),
  seed,
  skipBad: z.boolean().optional(),
  cacheDir: folder,
  onProgress,
  onNote,
});

export const binarizedMnistOptions = z.strictObject({
  kind: z.enum(['fixed', 'seeded', 'dynamic']),
  seed,
  dataDir: folder,
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
