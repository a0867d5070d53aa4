import { z } from 'zod';
import { optionErrors } from './optionErrors.js';

/** A count or a size. */
export const positive = z.int().positive();

/** The side of a kernel that has a centre. */
export const odd = positive.refine((side) => side % 2 === 1, { error: 'must be odd' });

/** A seed that `Random` of @pixelrnn/random takes; default 0. */
export const seed = z
  .int()
  .min(0)
  .max(2 ** 32 - 1)
  .default(0);

/**
 * Options checked against their schema, defaults filled in.
 *
 * @param name whose options they are
 * @throws Error naming every option at fault, in one line
 */
export function parseOptions<T>(name: string, schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (!parsed.success) throw new Error(`${name}: ${optionErrors(parsed.error, options, schema)}`);
  return parsed.data;
}
