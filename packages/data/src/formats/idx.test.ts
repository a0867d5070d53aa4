import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataErrorOf, encodeIdx } from '../testing/samples.js';
import { parseIdx } from './idx.js';

const array = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }).chain((shape) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return fc.record({
    shape: fc.constant(shape),
    values: fc.uint8Array({ minLength: length, maxLength: length }),
  });
});

describe('parseIdx', () => {
  it('reads a file written by hand', () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 10, 20, 30, 40, 50, 255);
    expect(parseIdx(bytes, 'f', 2)).toEqual({
      shape: [2, 3],
      values: Uint8Array.of(10, 20, 30, 40, 50, 255),
    });
  });

  it('reads a view that does not start at its buffer', () => {
    const bytes = Uint8Array.of(9, 9, 9, 0, 0, 8, 1, 0, 0, 0, 2, 5, 6).subarray(3);
    expect(parseIdx(bytes, 'f', 1)).toEqual({ shape: [2], values: Uint8Array.of(5, 6) });
  });

  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(array, ({ shape, values }) => {
        const parsed = parseIdx(encodeIdx(shape, values), 'f', shape.length);
        expect(parsed.shape).toEqual(shape);
        expect([...parsed.values]).toEqual([...values]);
      }),
      { seed: 1 },
    );
  });

  it('says that any shorter file is truncated', async () => {
    await fc.assert(
      fc.asyncProperty(array, fc.nat(), async ({ shape, values }, cut) => {
        const bytes = encodeIdx(shape, values);
        const error = await dataErrorOf(() =>
          parseIdx(bytes.subarray(0, cut % bytes.length), 'f', shape.length),
        );
        expect(error.code).toBe('truncated');
      }),
      { seed: 2 },
    );
  });

  it('refuses any longer file', async () => {
    await fc.assert(
      fc.asyncProperty(array, fc.uint8Array({ minLength: 1 }), async ({ shape, values }, tail) => {
        const bytes = Uint8Array.from([...encodeIdx(shape, values), ...tail]);
        expect((await dataErrorOf(() => parseIdx(bytes, 'f', shape.length))).code).toBe('format');
      }),
      { seed: 3 },
    );
  });

  it('refuses garbage', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 64 }), async (bytes) => {
        fc.pre(bytes[0] !== 0);
        const error = await dataErrorOf(() => parseIdx(bytes, 'f', 3));
        expect(error.code).toBe('format');
        expect(error.message).toMatch(
          /^f should start with the bytes 0 0 8 3 .*, but it starts with [\d ]+: put/,
        );
      }),
      { seed: 4 },
    );
  });

  it('refuses another type or rank', async () => {
    const floats = Uint8Array.of(0, 0, 0x0d, 1, 0, 0, 0, 0);
    expect((await dataErrorOf(() => parseIdx(floats, 'f', 1))).code).toBe('format');
    const labels = encodeIdx([2], Uint8Array.of(1, 2));
    expect((await dataErrorOf(() => parseIdx(labels, 'f', 3))).message).toContain('3 dimensions');
  });

  it('does not choke on sizes beyond any file', async () => {
    const bytes = Uint8Array.of(0, 0, 8, 2, 255, 255, 255, 255, 255, 255, 255, 255);
    expect((await dataErrorOf(() => parseIdx(bytes, 'f', 2))).code).toBe('truncated');
  });
});
