import sharp from 'sharp';
import { expect, test } from 'vitest';
import { generationOrder } from './generationOrder.js';

const shape = { count: 1, height: 2, width: 2, channels: 1, levels: 2, scale: 1, gap: 0 };

/** First channel of every frame: [frames][pixels] */
async function frames(gif: Buffer) {
  const { data, info } = await sharp(gif, { animated: true }).raw().toBuffer({ resolveWithObject: true });
  const pixels = [...data].filter((_, i) => i % info.channels === 0);
  return Array.from({ length: info.pages! }, (_, i) => pixels.slice(4 * i, 4 * i + 4));
}

test('pixels appear row by row, and the picture stays for two seconds', async () => {
  const gif = await generationOrder({ images: new Uint8Array([0, 1, 1, 0]), ...shape });
  const [o, x, n] = [255, 0, 208];
  expect(await frames(gif)).toEqual([
    [n, n, n, n],
    [x, n, n, n],
    [x, o, n, n],
    [x, o, o, n],
    [x, o, o, x],
  ]);
  expect(await sharp(gif, { animated: true }).metadata()).toMatchObject({
    format: 'gif',
    loop: 0,
    delay: [60, 60, 60, 60, 2000],
  });
});

test('known pixels are there from the beginning, and frames are as many as asked', async () => {
  const known = new Uint8Array([0, 0, 0, 1]);
  const gif = await generationOrder({ images: new Uint8Array([1, 1, 1, 0]), ...shape, known, frames: 2 });
  expect(await frames(gif)).toEqual([
    [208, 208, 208, 0],
    [255, 255, 208, 0],
    [255, 255, 255, 0],
  ]);
});

test('wrong frames and masks are refused', async () => {
  const images = new Uint8Array(4);
  await expect(generationOrder({ images, ...shape, frames: 0 })).rejects.toThrow(
    'frames must be a positive integer, got 0',
  );
  await expect(generationOrder({ images, ...shape, known: new Uint8Array(3) })).rejects.toThrow(
    'a mask of 2 x 2 pixels was expected, got 3',
  );
});
