import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { boundsSchema, writeBounds } from './bounds.js';

it('has the mean and error of differences, which are not those of the means', async () => {
  const folder = await temporaryFolder();
  const bit = 2 * Math.LN2; // of two dimensions, nats
  const discrete = Float64Array.of(1 * bit, 2 * bit, 6 * bit);
  const dequantised = Float64Array.of(2 * bit, 4 * bit, 9 * bit);
  await writeBounds(folder, { discrete, dequantised }, 2, { draws: 4 });
  const bounds = boundsSchema.parse(JSON.parse(await readFile(join(folder, 'bounds.json'), 'utf8')));
  expect(bounds).toMatchObject({ images: 3, unit: 'bits/dim' });
  // Differences of 1, 2 and 3: variance 1 over three images.
  expect(bounds.gap.mean).toBeCloseTo(2, 12);
  expect(bounds.gap.standardError).toBeCloseTo(Math.sqrt(1 / 3), 12);
  expect(bounds.discrete.mean).toBeCloseTo(3, 12);
  expect(bounds.dequantised.mean).toBeCloseTo(5, 12);
});
