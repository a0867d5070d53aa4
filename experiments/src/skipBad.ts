import { z } from 'zod';

/** Of sets of photos, which may be anyone's: whether those that are damaged or too small are left out. */
export const skipBadSetting = { skipBad: z.boolean().default(false) };
