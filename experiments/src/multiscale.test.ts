import { loadEngine } from '@pixelrnn/engine';
import { generate } from '@pixelrnn/generation';
import { subsampleIntensities } from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import { multiscale } from './multiscale.js';

beforeAll(() => loadEngine({ quiet: true }));

it('is drawn at two scales, the same for a seed', async () => {
  const model = multiscale.rows[1]!.model!;
  const shape = { height: 8, width: 8, colors: 3, levels: 4 };
  const built = model.build({ ...model.presets.smoke, stride: 4 }, shape, 3);
  const images = await generate(built, { count: 2, seed: 5 });
  expect(images).toHaveLength(2 * 8 * 8 * 3);
  const { intensities } = subsampleIntensities(images, [2, 8, 8, 3], 4);
  expect(new Set(intensities).size).toBeGreaterThan(1);
  expect(await generate(built, { count: 2, seed: 5 })).toEqual(images);
  expect(await generate(built, { count: 2, seed: 6 })).not.toEqual(images);
  built.dispose();
});

it('quotes no likelihood, for the paper gives none', () => {
  expect(multiscale.rows.map(({ name, paper }) => [name, paper])).toEqual([
    ['single-scale', null],
    ['multi-scale', null],
  ]);
});
