import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataErrorOf, encodeAmat } from '../testing/samples.js';
import { AmatParser } from './amat.js';

const parse = (text: Uint8Array, rows: number, columns: number, cuts: readonly number[] = []) => {
  const parser = new AmatParser('f', rows, columns);
  const ends = [...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  let start = 0;
  for (const end of ends) {
    parser.write(text.subarray(start, end));
    start = end;
  }
  return parser.end();
};

const table = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) => {
    const length = rows * columns;
    const values = fc.array(fc.constantFrom(0, 1), { minLength: length, maxLength: length });
    return values.map((bits) => ({ rows, columns, values: Uint8Array.from(bits) }));
  });

describe('AmatParser', () => {
  it('reads text written by hand', () => {
    expect([...parse(new TextEncoder().encode('0 1 1\n1 0 0\n'), 2, 3)]).toEqual([0, 1, 1, 1, 0, 0]);
  });

  it('gives back what was encoded, however it is cut into pieces', () => {
    fc.assert(
      fc.property(table, fc.array(fc.nat()), ({ rows, columns, values }, cuts) => {
        expect([...parse(encodeAmat(values, columns), rows, columns, cuts)]).toEqual([...values]);
      }),
      { seed: 1 },
    );
  });

  it('says that any shorter text is truncated', async () => {
    await fc.assert(
      fc.asyncProperty(table, fc.nat(), async ({ rows, columns, values }, cut) => {
        const text = encodeAmat(values, columns);
        const error = await dataErrorOf(() => parse(text.subarray(0, cut % text.length), rows, columns));
        expect(error.code).toBe('truncated');
      }),
      { seed: 2 },
    );
  });

  it('refuses one wrong character and names its place', async () => {
    await fc.assert(
      fc.asyncProperty(
        table,
        fc.nat(),
        fc.integer({ min: 0, max: 255 }),
        async ({ rows, columns, values }, at, byte) => {
          const text = encodeAmat(values, columns);
          const place = at % text.length;
          fc.pre(place % 2 === 0 ? byte !== 0x30 && byte !== 0x31 : byte !== text[place]);
          text[place] = byte;
          const error = await dataErrorOf(() => parse(text, rows, columns));
          expect(error.code).toBe('format');
          const line = Math.floor(place / (2 * columns)) + 1;
          expect(error.message).toContain(`at line ${line}, character ${(place % (2 * columns)) + 1},`);
        },
      ),
      { seed: 3 },
    );
  });

  it('refuses garbage and longer text with a DataError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (bytes) => {
        const error = await dataErrorOf(() => parse(Uint8Array.from([0x78, ...bytes]), 2, 3));
        expect(error.code).toBe('format');
      }),
      { seed: 4 },
    );
    const text = encodeAmat(Uint8Array.of(0, 1, 1, 0), 2);
    expect((await dataErrorOf(() => parse(text, 1, 2))).message).toContain('holds more text');
  });
});
