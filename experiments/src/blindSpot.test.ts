import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { blindSpot, type StackContext, stackContext } from './blindSpot.js';
import { resultsFolder } from './results/loadPretrained.js';
import { runExperiment } from './runner/runExperiment.js';

beforeAll(() => loadEngine({ quiet: true }));

const earlier = 14 * 28 + 14;

/** Row and column from the pixel that is computed. */
type Offset = readonly [number, number];

/** What an n x n kernel with a mask reads: the rows above, the pixels to the left, with B the pixel itself. */
function masked(n: number, mask: 'A' | 'B'): Offset[] {
  const half = (n - 1) / 2;
  const side = Array.from({ length: n }, (_, i) => i - half);
  return side.flatMap((row) =>
    side
      .filter((column) => row < 0 || (row === 0 && (column < 0 || (column === 0 && mask === 'B'))))
      .map((column): Offset => [row, column]),
  );
}

/** What a plain stack reads, `row,column` each, inside the image. */
function plainStack(blocks: number): Set<string> {
  let read = new Set(masked(7, 'A').map(String));
  for (let i = 0; i < blocks; i++) {
    const wider = [...read].flatMap((at) => {
      const [row, column] = at.split(',').map(Number) as [number, number];
      return masked(3, 'B').map(([down, right]) => [row + down, column + right]);
    });
    read = new Set(wider.map(String));
  }
  const inside = (at: string) => {
    const [row, column] = at.split(',').map(Number) as [number, number];
    return row >= -14 && column >= -14 && column < 14;
  };
  return new Set([...read].filter(inside));
}

describe('stackContext', () => {
  it('counts by hand what one block of a plain stack reads', () => {
    const { label, reads, misses, blind, map } = stackContext('plain', 1);
    expect(label).toBe('PixelCNN');
    // 7x7 mask A from the pixel itself, the pixel to the left and the three above: rows -4 to -1 of 9, but for
    // the last pixel of the row above, and four pixels of the row itself.
    expect(reads).toBe(4 * 9 - 1 + 4);
    expect(misses).toBe(earlier - reads);
    expect(blind).toBe(1);
    expect(map.slice(9, 15).map((row) => row.slice(9, 20))).toEqual([
      '...........',
      '.xxxxxxxxx.',
      '.xxxxxxxxx.',
      '.xxxxxxxxx.',
      '.xxxxxxxx!.',
      '.xxxxo     ',
    ]);
  });

  it('finds no blind spot in gated stacks, and no pixel missed where they are deep enough', () => {
    for (const depth of [1, 4]) expect(stackContext('gated', depth).blind).toBe(0);
    expect(stackContext('gated', 12)).toMatchObject({ reads: earlier, misses: 0 });
  });

  it('finds one in plain stacks that grows with what they reach', () => {
    const blind = [1, 4, 12].map((depth) => stackContext('plain', depth).blind);
    expect(blind).toEqual([...blind].sort((a, b) => a - b));
    expect(new Set(blind).size).toBe(3);
  });

  it.each([2, 8])(
    'reads in a plain stack of %d blocks what its kernels reach one after the other',
    (blocks) => {
      const { map } = stackContext('plain', blocks);
      const read = [...map.join('')].flatMap((pixel, i) =>
        pixel === 'x' ? [`${Math.floor(i / 28) - 14},${(i % 28) - 14}`] : [],
      );
      expect(new Set(read)).toEqual(plainStack(blocks));
    },
  );
});

it('writes its page, counts and picture without training anything; those of the results are the same', async () => {
  const out = await temporaryFolder();
  const { table, failures } = await runExperiment(blindSpot, { preset: 'cpu', out, log: () => {} });
  expect([table.rows, failures]).toEqual([[], []]);
  const written = (folder: string, name: string) => readFile(join(folder, 'blind-spot', name), 'utf8');
  const { contexts } = JSON.parse(await written(out, 'blind-spot.json')) as { contexts: StackContext[] };
  expect(contexts.map(({ stack, depth }) => `${stack} ${depth}`)).toEqual(
    ['plain', 'gated'].flatMap((stack) => [1, 2, 4, 8, 12].map((depth) => `${stack} ${depth}`)),
  );
  for (const name of ['blind-spot.json', 'blind-spot.md']) {
    expect(await written(resultsFolder, name)).toBe(await written(out, name));
  }
  expect((await readFile(join(out, 'blind-spot', 'blind-spot.png'))).subarray(1, 4).toString()).toBe('PNG');
});
