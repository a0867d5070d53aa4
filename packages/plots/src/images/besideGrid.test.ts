import sharp from 'sharp';
import { expect, test } from 'vitest';
import { besideGrid } from './besideGrid.js';

const shape = { count: 2, height: 1, width: 1, channels: 1, levels: 256, scale: 1, gap: 0 };
const images = new Uint8Array([1, 2]);
const beside = new Uint8Array([101, 102]);

async function pixels(png: Buffer) {
  const { data, info } = await sharp(png).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
  return { size: [info.height, info.width], data: [...data] };
}

test('halves stand left and right, eight white pixels apart', async () => {
  const { size, data } = await pixels(await besideGrid({ ...shape, images, beside, arrangement: 'halves' }));
  expect(size).toEqual([1, 12]);
  expect(data).toEqual([1, 2, ...new Array(8).fill(255), 101, 102]);
});

test('pairs stand together', async () => {
  const { size, data } = await pixels(await besideGrid({ ...shape, images, beside, arrangement: 'pairs' }));
  expect(size).toEqual([2, 2]);
  expect(data).toEqual([1, 101, 2, 102]);
});

test('as many images are wanted on both sides', async () => {
  const fewer = { ...shape, images, beside: new Uint8Array(1), arrangement: 'pairs' as const };
  await expect(besideGrid(fewer)).rejects.toThrow('2 intensities, got 1');
});
