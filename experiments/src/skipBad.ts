import { z } from 'zod';

/** Whether photos that are damaged or too small are left out of a set. */
export const skipBadSetting = { skipBad: z.boolean().default(false) };
