import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DataError } from '../dataError.js';
import { noise } from '../testing/archives.js';
import { encodeNpy } from '../testing/npz.js';
import { dataErrorOf } from '../testing/samples.js';
import { NpyRows, parseNpyHeader } from './npy.js';

function rowsOf(bytes: Uint8Array, pieces: number): Buffer[] {
  const rows: Buffer[] = [];
  const reader = new NpyRows({
    where: 'a.npz, data',
    remedy: 'look',
    onHeader: ({ shape }) => shape[1]!,
    onRow: (row) => rows.push(Buffer.from(row)),
  });
  for (let at = 0; at < bytes.length; at += pieces) reader.write(bytes.subarray(at, at + pieces));
  reader.end();
  return rows;
}

describe('NpyRows', () => {
  it('gives the rows back, in whatever pieces the file comes', () => {
    const size = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        size,
        size,
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(1, 2),
        (n, width, pieces, version) => {
          const values = noise(n * width);
          const rows = rowsOf(encodeNpy('|u1', [n, width], values, version), pieces);
          expect(Buffer.compare(Buffer.concat(rows), values)).toBe(0);
          expect(rows).toHaveLength(n);
        },
      ),
      { seed: 1 },
    );
  });

  it('refuses every prefix and every longer file', async () => {
    const bytes = encodeNpy('|u1', [3, 4], noise(12));
    for (let length = 0; length < bytes.length; length++) {
      expect((await dataErrorOf(() => rowsOf(bytes.subarray(0, length), 16))).code).toBe('truncated');
    }
    const error = await dataErrorOf(() => rowsOf(Buffer.concat([bytes, Buffer.of(0)]), 16));
    expect(error.message).toBe('a.npz, data should hold 3 rows of 4 bytes, but it holds more: look.');
  });

  it('gives rows or a DataError for any damage', () => {
    const bytes = encodeNpy('|u1', [3, 4], noise(12));
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = Buffer.from(bytes);
        damaged[at]! ^= flip;
        try {
          rowsOf(damaged, 20);
        } catch (error) {
          expect(error).toBeInstanceOf(DataError);
        }
      }),
      { seed: 2, numRuns: 300 },
    );
  });
});

describe('parseNpyHeader', () => {
  it.each([
    ['another format', Buffer.from('PK\x03\x04 and more than that')],
    ['version 9', encodeNpy('|u1', [1], noise(1), 9)],
    ['Fortran order', encodeNpy('|u1', [1], noise(1), 1, true)],
    [
      'a huge header',
      Buffer.concat([Buffer.from('\x93NUMPY\x02\x00', 'latin1'), Buffer.of(255, 255, 255, 255)]),
    ],
  ])('refuses %s', (_, bytes) => {
    expect(() => parseNpyHeader(bytes, 'a', 'look')).toThrow(/a should be a NumPy array in C order, but/);
  });
});
