import sharp from 'sharp';
import { expect, test } from 'vitest';
import { captionedPictures } from './captionedPictures.js';
import { imageGrid } from './imageGrid.js';

const flat = (shade: number, side: number) =>
  imageGrid({
    images: new Uint8Array(side * side).fill(shade),
    count: 1,
    height: side,
    width: side,
    channels: 1,
    levels: 256,
    scale: 1,
    gap: 0,
  });

test('pictures stand one below the other, each below its caption', async () => {
  const png = await captionedPictures([
    { caption: 'a', picture: await flat(10, 30) },
    { caption: 'b', picture: await flat(200, 50) },
  ]);
  const { data, info } = await sharp(png).raw().toBuffer({ resolveWithObject: true });
  expect([info.width, info.height]).toEqual([50, 28 + 30 + 28 + 50]);
  const at = (x: number, y: number) => data[(y * info.width + x) * info.channels];
  expect([at(0, 27), at(0, 28), at(29, 57), at(30, 40), at(0, 58)]).toEqual([255, 10, 10, 255, 255]);
  expect([at(0, 86), at(49, 135)]).toEqual([200, 200]);
  const inked = (from: number, to: number) =>
    Array.from({ length: 50 * (to - from) }, (_, i) => at(i % 50, from + Math.floor(i / 50))!).some(
      (value) => value < 128,
    );
  expect([inked(0, 28), inked(58, 86)]).toEqual([true, true]);
});

test('a long caption widens the picture, and none is refused', async () => {
  const png = await captionedPictures([{ caption: 'a long caption of it', picture: await flat(0, 8) }]);
  expect((await sharp(png).metadata()).width).toBeGreaterThan(100);
  await expect(captionedPictures([])).rejects.toThrow('at least one was expected');
});
