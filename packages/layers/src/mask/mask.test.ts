import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { colorOfChannel, convolutionMask, type MaskOptions } from './mask.js';

/** The [cin][cout] table of one kernel position. */
function table(options: MaskOptions, row: number, column: number): number[][] {
  const { kernelWidth, cin, cout } = options;
  const mask = convolutionMask(options);
  const start = (row * kernelWidth + column) * cin * cout;
  return Array.from({ length: cin }, (_, i) => [...mask.slice(start + i * cout, start + (i + 1) * cout)]);
}

describe('convolutionMask, one colour', () => {
  const options = { kernelHeight: 3, kernelWidth: 3, cin: 1, cout: 1, colors: 1 } as const;
  it('A sees the row above and the left pixel only', () => {
    expect([...convolutionMask({ ...options, maskType: 'A' })]).toEqual([1, 1, 1, 1, 0, 0, 0, 0, 0]);
  });
  it('B sees the pixel itself too', () => {
    expect([...convolutionMask({ ...options, maskType: 'B' })]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0]);
  });
  it('a 1 x 5 kernel has the pixels to the left', () => {
    const row = { ...options, kernelHeight: 1, kernelWidth: 5 };
    expect([...convolutionMask({ ...row, maskType: 'A' })]).toEqual([1, 1, 0, 0, 0]);
    expect([...convolutionMask({ ...row, maskType: 'B' })]).toEqual([1, 1, 1, 0, 0]);
  });
});

describe('convolutionMask, three colours', () => {
  const options = { kernelHeight: 3, kernelWidth: 3, cin: 3, cout: 3, colors: 3 } as const;
  it('A: R sees nothing of its pixel, G sees R, B sees R and G', () => {
    expect(table({ ...options, maskType: 'A' }, 1, 1)).toEqual([
      [0, 1, 1], // from R to R, G, B
      [0, 0, 1],
      [0, 0, 0],
    ]);
  });
  it('B: each colour sees itself too', () => {
    expect(table({ ...options, maskType: 'B' }, 1, 1)).toEqual([
      [1, 1, 1],
      [0, 1, 1],
      [0, 0, 1],
    ]);
  });
  it('every colour of earlier pixels is allowed, no colour of later ones', () => {
    const ones = new Array(3).fill([1, 1, 1]);
    const zeros = new Array(3).fill([0, 0, 0]);
    for (const maskType of ['A', 'B'] as const) {
      for (const [row, column] of [
        [0, 0],
        [0, 1],
        [0, 2],
        [1, 0],
      ] as const) {
        expect(table({ ...options, maskType }, row, column)).toEqual(ones);
      }
      for (const [row, column] of [
        [1, 2],
        [2, 0],
        [2, 1],
        [2, 2],
      ] as const) {
        expect(table({ ...options, maskType }, row, column)).toEqual(zeros);
      }
    }
  });
  it('ragged cyclic groups: 4 inputs are R G B R, 5 outputs are R G B R G', () => {
    expect(table({ ...options, cin: 4, cout: 5, maskType: 'B' }, 1, 1)).toEqual([
      [1, 1, 1, 1, 1],
      [0, 1, 1, 0, 1],
      [0, 0, 1, 0, 0],
      [1, 1, 1, 1, 1],
    ]);
    expect(table({ ...options, cin: 4, cout: 5, maskType: 'A' }, 1, 1)).toEqual([
      [0, 1, 1, 0, 1],
      [0, 0, 1, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 1, 1, 0, 1],
    ]);
  });
  it('contiguous output groups: 6 outputs are R R G G B B', () => {
    expect(table({ ...options, cout: 6, maskType: 'B', outputGroups: 'contiguous' }, 1, 1)).toEqual([
      [1, 1, 1, 1, 1, 1],
      [0, 0, 1, 1, 1, 1],
      [0, 0, 0, 0, 1, 1],
    ]);
  });
  it('1024 maps are 342 of R, 341 of G and of B, as the paper has them', () => {
    const counts = [0, 0, 0];
    for (let c = 0; c < 1024; c++) (counts[colorOfChannel(c, 1024, 3, 'cyclic')] as number)++;
    expect(counts).toEqual([342, 341, 341]);
  });
});

describe('convolutionMask, any shape', () => {
  it('follows the rule of section 2 entry by entry', () => {
    const odd = fc.integer({ min: 0, max: 3 }).map((k) => 2 * k + 1);
    const channels = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        odd,
        odd,
        channels,
        channels,
        fc.integer({ min: 1, max: 4 }),
        fc.constantFrom('A', 'B'),
        (kh, kw, cin, cout, colors, type) => {
          const mask = convolutionMask({
            kernelHeight: kh,
            kernelWidth: kw,
            cin,
            cout,
            colors,
            maskType: type as 'A' | 'B',
          });
          let at = 0;
          for (let r = 0; r < kh; r++) {
            for (let c = 0; c < kw; c++) {
              for (let i = 0; i < cin; i++) {
                for (let o = 0; o < cout; o++) {
                  const [dr, dc] = [r - (kh - 1) / 2, c - (kw - 1) / 2];
                  const centre = type === 'A' ? i % colors < o % colors : i % colors <= o % colors;
                  const live = dr < 0 || (dr === 0 && dc < 0) || (dr === 0 && dc === 0 && centre);
                  if (mask[at++] !== (live ? 1 : 0)) return false;
                }
              }
            }
          }
          return at === mask.length;
        },
      ),
      { seed: 4 },
    );
  });
  it('refuses even kernels, empty sizes and unequal contiguous groups', () => {
    const options: MaskOptions = {
      kernelHeight: 3,
      kernelWidth: 3,
      cin: 1,
      cout: 4,
      colors: 3,
      maskType: 'A',
    };
    expect(() => convolutionMask({ ...options, kernelWidth: 4 })).toThrow(
      'kernel sides must be odd to have a centre, got 3 x 4',
    );
    expect(() => convolutionMask({ ...options, maskType: 'C' as 'A' })).toThrow(
      `mask: maskType must be 'A' or 'B', got "C"`,
    );
    expect(() => convolutionMask({ ...options, outputGroups: 'cylic' as 'cyclic' })).toThrow(
      `mask: outputGroups must be 'cyclic' or 'contiguous', got "cylic"`,
    );
    expect(() => convolutionMask({ ...options, cin: 0 })).toThrow('cin must be a positive integer, got 0');
    expect(() => convolutionMask({ ...options, outputGroups: 'contiguous' })).toThrow(
      '4 output channels do not divide into 3',
    );
  });
});

it('takes a mask type in lower case, as TensorFlow.js saves it', () => {
  const options = { kernelHeight: 1, kernelWidth: 3, cin: 1, cout: 1, colors: 1 };
  expect([...convolutionMask({ ...options, maskType: 'a' as 'A' })]).toEqual([1, 0, 0]);
});
