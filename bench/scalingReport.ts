import { z } from 'zod';
import { machineSchema } from './machine.js';

const size = z.int().positive();

/** `pnpm bench scaling --json`, and scaling.json. */
export const scalingSchema = z.strictObject({
  machine: machineSchema,
  engine: z.string(),
  rows: z.array(
    z.strictObject({
      work: z.string(),
      unit: z.literal('ms/step'),
      /** Median of the rounds. */
      ours: z.number().positive(),
      /** Peers are not measured here. */
      peers: z.strictObject({ pytorch: z.null(), torchCompile: z.null(), jax: z.null() }),
      ratio: z.null(),
      model: z.enum(['pixelcnn', 'row', 'diagonal']),
      /** Height and width of the images. */
      side: size,
      h: size,
      /** Blocks of a PixelCNN, layers of a PixelRNN. */
      depth: size,
      batch: size,
    }),
  ),
});

export type ScalingReport = z.infer<typeof scalingSchema>;
export type ScalingRow = ScalingReport['rows'][number];
