import { positive, seed } from '@pixelrnn/kernels/options';
import { z } from 'zod';

/** Options that the two recurrent layers have in common. */
export const recurrentOptions = {
  /** h: hidden maps of the output. */
  filters: positive,
  /** Colours of a pixel; maps belong to them cyclically, within each gate. */
  colors: positive,
  /** Maps of the output, through a 1x1 convolution with mask B and bias; 0: the output is the hidden map. */
  outputFilters: z.int().min(0).default(0),
  /** The input is added to the output, which then has as many maps. */
  residual: z.boolean().default(false),
  /** Seed of the initial weights. */
  seed,
};

export type RecurrentOptions = z.output<z.ZodObject<typeof recurrentOptions>>;
