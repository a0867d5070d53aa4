import { z } from 'zod';
import type { Plan } from './plan.js';

/** What a plan's JSON must be; `floats` holds the weights that it names by place. */
export function planSchema(floats: Float32Array): z.ZodType<Plan> {
  const integer = z.int();
  const natural = z.int().nonnegative();
  const weights = z
    .strictObject({ first: natural, count: natural })
    .refine(({ first, count }) => first + count <= floats.length, {
      error: 'weights lie beyond the end of the file',
    })
    .transform(({ first, count }) => {
      const values = floats.subarray(first, first + count);
      return () => values;
    });
  const place = z.strictObject({ map: natural, row: integer, column: integer });
  const map = z.strictObject({
    channels: z.int().positive(),
    groups: z.enum(['cyclic', 'contiguous', 'all']),
    stride: natural,
    above: weights.optional(),
    left: weights.optional(),
    right: weights.optional(),
  });
  const tap = z.strictObject({ row: integer, column: integer, colors: z.enum(['all', 'before', 'upTo']) });
  const term = z.strictObject({
    map: natural,
    taps: z.array(tap),
    inputActivation: z.enum(['linear', 'relu']).optional(),
    weights,
  });
  const base = {
    when: z.enum(['before', 'pixel', 'row', 'rowReversed']),
    out: natural,
    layer: z.string().optional(),
  };
  const step = z.discriminatedUnion('kind', [
    z.strictObject({
      ...base,
      kind: z.literal('sum'),
      terms: z.array(term),
      bias: weights.optional(),
      additions: z.array(place),
      unit: z.enum(['linear', 'relu', 'gated', 'lstm']),
      cell: place.optional(),
      residuals: z.array(place),
    }),
    z.strictObject({ ...base, kind: z.literal('subsample'), from: natural, stride: z.int().positive() }),
    z.strictObject({
      ...base,
      kind: z.literal('upsample'),
      from: natural,
      stride: z.int().positive(),
      kernel: z.int().positive(),
      unit: z.enum(['linear', 'relu']),
      weights,
      bias: weights,
    }),
  ]);
  const output = z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('bernoulli'), map: natural }),
    z.strictObject({ kind: z.literal('softmax'), map: natural }),
    z.strictObject({
      kind: z.literal('mcgsm'),
      map: natural,
      components: z.int().positive(),
      scales: z.int().positive(),
      features: z.int().positive(),
      eta: weights,
      alpha: weights,
      beta: weights,
    }),
  ]);
  return z.strictObject({
    height: z.int().positive(),
    width: z.int().positive(),
    colors: z.int().positive(),
    levels: z.int().min(2).max(256),
    maps: z.array(map),
    steps: z.array(step),
    pixels: natural,
    conditions: z.array(natural),
    output,
    knownStride: z.int().positive().nullable(),
  });
}
