import { loadEngine } from '@pixelrnn/engine';
import { sample } from '@pixelrnn/generation';
import { scalesOf } from '@pixelrnn/models';
import { beforeAll, expect, it } from 'vitest';
import { multiscale } from './multiscale.js';

beforeAll(() => loadEngine({ quiet: true }));

it('draws the small image first and keeps it inside the large one', async () => {
  const model = multiscale.rows[1]!.model!;
  const shape = { height: 8, width: 8, colors: 3, levels: 4 };
  const built = model.build({ ...model.presets.smoke, stride: 4 }, shape, 3);
  const options = { ...shape, count: 2, seed: 5 };
  const images = await model.draw!(built, options);
  expect(images).toHaveLength(2 * 8 * 8 * 3);
  const small = await sample(scalesOf(built).unconditional, { ...options, height: 2, width: 2 });
  const inside = [0, 1].flatMap((image) =>
    [0, 4].flatMap((row) =>
      [0, 4].flatMap((column) => {
        const at = ((image * 8 + row) * 8 + column) * 3;
        return [...images.subarray(at, at + 3)];
      }),
    ),
  );
  expect(inside).toEqual([...small]);
  expect(await model.draw!(built, options)).toEqual(images);
  expect(await model.draw!(built, { ...options, seed: 6 })).not.toEqual(images);
  built.dispose();
});

it('quotes no likelihood, for the paper gives none', () => {
  expect(multiscale.rows.map(({ name, paper }) => [name, paper])).toEqual([
    ['single-scale', null],
    ['multi-scale', null],
  ]);
});
