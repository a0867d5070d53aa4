import { loadEngine } from '@pixelrnn/engine';
import { beforeAll, expect, it } from 'vitest';
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
