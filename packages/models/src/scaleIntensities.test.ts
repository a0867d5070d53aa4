import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { scaleIntensities } from './scaleIntensities.js';

beforeAll(() => loadEngine({ quiet: true }));

it.each([
  [2, [0, 1, 1, 0], [-1, 1, 1, -1]],
  [5, [0, 1, 2, 4], [-1, -0.5, 0, 1]],
  [256, [0, 51, 204, 255], [-1, -0.6, 0.6, 1]],
])('scales and centres %i levels to [-1, 1]', (levels, intensities, scaled) => {
  const values = scaleIntensities(Uint8Array.from(intensities), [1, 2, 2, 1], levels).dataSync();
  for (const [i, value] of values.entries()) expect(value).toBeCloseTo(scaled[i] as number, 6);
});

describe('scaleIntensities refuses', () => {
  const four = [1, 2, 2, 1] as [number, number, number, number];
  const cases: [string, ArrayLike<number>, number[] | undefined, unknown, string][] = [
    ['a value above', Uint8Array.of(0, 1, 255, 1), four, 2, 'intensities 0 .. 1 of 2 levels, got 255 at 2'],
    ['scaled values', Float32Array.of(1, -1, 0.5, 1), four, 2, 'got -1 at 1; give them unscaled'],
    ['fractions', Float32Array.of(0, 0.5, 1, 1), four, 256, 'got 0.5 at 1'],
    ['NaN', [0, Number.NaN, 0, 1], four, 2, 'got NaN at 1'],
    ['another count', new Uint8Array(3), four, 2, 'expected 4 intensities for [1,2,2,1], got 3'],
    ['no intensities', undefined as unknown as [], four, 2, 'expected 4 intensities for [1,2,2,1], got none'],
    ['no shape', new Uint8Array(4), undefined, 2, 'expected a shape [B, H, W, C], got [undefined]'],
    ['another rank', new Uint8Array(4), [1, 4], 2, 'expected a shape [B, H, W, C], got [1,4]'],
    ['half a row', new Uint8Array(4), [1, 1.5, 2, 1], 2, 'expected a shape [B, H, W, C], got [1,1.5,2,1]'],
    ['no levels', new Uint8Array(4), four, undefined, 'expected 2 to 256 levels, got nothing'],
    ['one level', new Uint8Array(4), four, 1, 'expected 2 to 256 levels, got 1'],
    ['a word', new Uint8Array(4), four, '2', 'expected 2 to 256 levels, got "2"'],
  ];
  it.each(cases)('%s', (_, intensities, shape, levels, message) => {
    const scale = () => scaleIntensities(intensities as Uint8Array, shape as typeof four, levels as number);
    expect(scale).toThrow(/^scaleIntensities: /);
    expect(scale).toThrow(message);
  });
});
