import { z } from 'zod';

/**
 * Options checked against their schema, defaults filled in.
 *
 * @throws Error with one line for every option at fault
 */
export function parseOptions<T>(name: string, schema: z.ZodType<T>, options: unknown): T {
  const parsed = schema.safeParse(options);
  if (!parsed.success) throw new Error(`${name}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
