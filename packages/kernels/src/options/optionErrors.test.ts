import { expect, it } from 'vitest';
import { z } from 'zod';
import { optionErrors } from './optionErrors.js';
import { odd, parseOptions, positive, seed } from './parseOptions.js';

const schema = z.strictObject({
  height: positive.optional(),
  cell: z.enum(['row', 'diagonal']).optional(),
  stride: z.literal([2, 4]).optional(),
  side: odd.optional(),
  factor: z.number().positive().max(1).optional(),
  size: z.union([z.int(), z.tuple([z.int(), z.int()])]).optional(),
  skip: z.boolean().optional(),
  deep: z.strictObject({ layers: z.int() }).optional(),
  list: z
    .array(z.strictObject({ name: z.string() }))
    .min(1)
    .optional(),
  seed,
});

it.each<[unknown, string]>([
  [{ height: '6' }, 'height: expected a number, got "6"'],
  [{ height: 1.5 }, 'height: expected a whole number, got 1.5'],
  [{ height: 0 }, 'height: expected a number above 0, got 0'],
  [{ height: Number.NaN }, 'height: expected a number, got NaN'],
  [{ height: null }, 'height: expected a number, got null'],
  [{ factor: 2 }, 'factor: expected a number up to 1, got 2'],
  [{ cell: 'gru' }, 'cell: expected "row" or "diagonal", got "gru"'],
  [{ stride: 3 }, 'stride: expected 2 or 4, got 3'],
  [{ side: 4 }, 'side: must be odd, got 4'],
  [{ size: 'x' }, 'size: expected a number or a list, got "x"'],
  [{ size: [1, 2, 3] }, 'size: expected a number or a list of at most 2, got [1, 2, 3]'],
  [{ skip: 1 }, 'skip: expected true or false, got 1'],
  [{ skip: new Float32Array(4) }, 'skip: expected true or false, got a Float32Array'],
  [{ skip: () => 1 }, 'skip: expected true or false, got a function'],
  [{ deep: {} }, 'deep.layers: expected a number, got nothing'],
  [{ deep: { layers: 1, depth: 2 } }, 'deep.depth: unknown, expected layers'],
  [
    { list: [{ name: 'a', side: 2, kind: 3 }] },
    'list.0.side: unknown, expected name; list.0.kind: unknown, expected name',
  ],
  [{ list: [{ name: 1 }] }, 'list.0.name: expected a string, got 1'],
  [{ list: [] }, 'list: expected a list of at least 1, got []'],
  [{ seed: -1 }, 'seed: expected a number from 0, got -1'],
  [{ seed: 2 ** 32 }, 'seed: expected a number up to 4294967295, got 4294967296'],
  [5, 'expected options in an object, got 5'],
  [undefined, 'expected options in an object, got nothing'],
])('of %j', (given, message) => {
  const { error } = schema.safeParse(given);
  expect(optionErrors(error as z.ZodError, given, schema)).toBe(message);
});

it('names every option at fault in one line, and whose they are', () => {
  expect(() => parseOptions('pixelCNN', schema, { height: 0, skip: 'no', depth: 3, size: 3 })).toThrow(
    'pixelCNN: height: expected a number above 0, got 0; skip: expected true or false, got "no"; ' +
      'depth: unknown, expected one of height, cell, stride, side, factor, size, skip, deep, list, seed',
  );
  expect(parseOptions('pixelCNN', schema, { height: 3 })).toEqual({ height: 3, seed: 0 });
});

it('lets a refinement of all options speak for itself', () => {
  const pair = z.strictObject({ a: z.int(), b: z.int() }).refine(({ a, b }) => a < b, {
    error: 'a must be below b',
  });
  const given = { a: 2, b: 1 };
  expect(optionErrors(pair.safeParse(given).error as z.ZodError, given, pair)).toBe('a must be below b');
});
