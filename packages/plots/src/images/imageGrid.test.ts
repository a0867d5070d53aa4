import sharp from 'sharp';
import { expect, test } from 'vitest';
import { imageGrid } from './imageGrid.js';

async function pixels(png: Buffer) {
  const { channels } = await sharp(png).metadata();
  const { data, info } = await sharp(png)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { size: [info.height, info.width, info.channels], data: [...data] };
}

test('binary images are black and white, doubled, with white gaps and an empty last cell', async () => {
  const images = new Uint8Array([0, 1, 1, 0, 0, 0]); // [3, 1, 2, 1]
  const grid = await imageGrid({
    images,
    count: 3,
    height: 1,
    width: 2,
    channels: 1,
    levels: 2,
    columns: 2,
    scale: 2,
    gap: 1,
  });
  const o = 255;
  expect(await pixels(grid)).toEqual({
    size: [7, 11, 1],
    data: [
      [o, o, o, o, o, o, o, o, o, o, o],
      [o, 0, 0, o, o, o, o, o, 0, 0, o],
      [o, 0, 0, o, o, o, o, o, 0, 0, o],
      [o, o, o, o, o, o, o, o, o, o, o],
      [o, 0, 0, 0, 0, o, o, o, o, o, o],
      [o, 0, 0, 0, 0, o, o, o, o, o, o],
      [o, o, o, o, o, o, o, o, o, o, o],
    ].flat(),
  });
});

test('colour images keep their intensities and the order of their channels', async () => {
  const images = new Uint8Array([1, 2, 3, 250, 128, 7]); // [1, 2, 1, 3]
  const grid = await imageGrid({
    images,
    count: 1,
    height: 2,
    width: 1,
    channels: 3,
    levels: 256,
    scale: 1,
    gap: 0,
  });
  expect(await pixels(grid)).toEqual({ size: [2, 1, 3], data: [1, 2, 3, 250, 128, 7] });
});

test('the highest intensity is white and 0 black, whatever the levels', async () => {
  const shape = { count: 1, height: 1, width: 4, channels: 1, levels: 4, scale: 1, gap: 0 };
  const { data } = await pixels(await imageGrid({ images: new Uint8Array([0, 1, 2, 3]), ...shape }));
  expect(data).toEqual([0, 85, 170, 255]);
});

test('by default the grid is the smallest square, pixels are doubled and gaps are two wide', async () => {
  const shape = { count: 5, height: 4, width: 6, channels: 1, levels: 256 };
  const { size } = await pixels(await imageGrid({ images: new Uint8Array(5 * 4 * 6), ...shape }));
  expect(size).toEqual([2 * (4 * 2 + 2) + 2, 3 * (6 * 2 + 2) + 2, 1]);
});

test.each([
  [{ images: new Uint8Array(3) }, 'images of shape [2, 1, 2, 1] hold 4 intensities, got 3.'],
  [{ images: new Uint8Array([0, 1, 7, 0]) }, 'with 2 levels an intensity is at most 1, got 7 at index 2'],
  [{ channels: 4 }, 'channels must be 1 (grey) or 3 (RGB), got 4.'],
  [{ levels: 257 }, 'levels must be a whole number from 2 to 256, got 257.'],
  [{ scale: 1.5 }, 'scale must be a positive integer, got 1.5.'],
  [{ columns: 0 }, 'columns must be a positive integer, got 0.'],
  [{ count: 0 }, 'count must be a positive integer, got 0.'],
  [{ gap: -1 }, 'gap must be 0 or a positive integer, got -1.'],
])('%o is refused', async (change, message) => {
  const options = { images: new Uint8Array(4), count: 2, height: 1, width: 2, channels: 1, levels: 2 };
  await expect(imageGrid({ ...options, ...change })).rejects.toThrow(message);
});

test('any number of levels is spread from black to white', async () => {
  const images = Uint8Array.of(0, 1, 2, 3);
  const shape = { images, count: 1, height: 1, width: 4, channels: 1, levels: 4 };
  expect((await pixels(await imageGrid({ ...shape, scale: 1, gap: 0 }))).data).toEqual([0, 85, 170, 255]);
});
