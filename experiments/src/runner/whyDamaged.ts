import { z } from 'zod';

/** What is wrong with a file that was read, in one line. */
export function whyDamaged(error: unknown): string {
  const why = error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message;
  return why.replaceAll(/\s+/g, ' ');
}
