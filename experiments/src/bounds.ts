import { join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { bitsPerDim } from '@pixelrnn/metrics';
import { z } from 'zod';

export const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

/** The mean over images and its standard error. */
export function meanAndError(values: ArrayLike<number>): { mean: number; standardError: number } {
  const centre = mean(values);
  const squares = mean(Array.from(values, (value) => (value - centre) ** 2));
  return { mean: centre, standardError: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}

/** In nats per image: of the integers, and of the same images with noise. */
export interface BothWays {
  discrete: Float64Array;
  dequantised: Float64Array;
}

const numberSchema = z.object({ mean: z.number(), standardError: z.number() });

export const boundsSchema = z.object({
  unit: z.literal('bits/dim'),
  images: z.int().positive(),
  discrete: numberSchema,
  dequantised: numberSchema,
  /** What the noise costs: of the differences image by image, whose error is far below that of either mean. */
  gap: numberSchema,
});

/** `bounds.json` of a run folder: both ways in bits/dim, and how much of the likelihood the noise costs. */
export type Bounds = z.infer<typeof boundsSchema>;

/** Writes `bounds.json`, with `rest` beside it. */
export async function writeBounds(
  folder: string,
  { discrete, dequantised }: BothWays,
  dimensions: number,
  rest: object,
): Promise<void> {
  const bits = (nats: { mean: number; standardError: number }) => ({
    mean: bitsPerDim(nats.mean, dimensions),
    standardError: bitsPerDim(nats.standardError, dimensions),
  });
  const gap = dequantised.map((nats, i) => nats - discrete[i]!);
  const bounds: Bounds = {
    unit: 'bits/dim',
    images: gap.length,
    discrete: bits(meanAndError(discrete)),
    dequantised: bits(meanAndError(dequantised)),
    gap: bits(meanAndError(gap)),
    ...rest,
  };
  await writeFileAtomic(join(folder, 'bounds.json'), `${JSON.stringify(bounds, null, 2)}\n`);
}
