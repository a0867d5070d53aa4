import sharp from 'sharp';
import { expect, test } from 'vitest';
import { imageGrid } from './imageGrid.js';
import { labelledGrid } from './labelledGrid.js';

const shape = { count: 4, height: 3, width: 4, channels: 1, levels: 256, columns: 2, scale: 8, gap: 2 };
const images = Uint8Array.from({ length: 4 * 12 }, (_, i) => 5 * i);

async function pixels(png: Buffer, channels: 1 | 3 = 1) {
  const picture = sharp(png);
  const raw = channels === 1 ? picture.toColourspace('b-w') : picture;
  const { data, info } = await raw.raw().toBuffer({ resolveWithObject: true });
  expect(info.channels).toBe(channels);
  return { height: info.height, width: info.width, data };
}

/** Whether there is ink between these columns and rows. */
function inked(
  { data, width }: Awaited<ReturnType<typeof pixels>>,
  columns: [number, number],
  rows: [number, number],
) {
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let x = columns[0]; x < columns[1]; x++) if (data[y * width + x]! < 128) return true;
  }
  return false;
}

test('without labels it is the grid alone', async () => {
  const [own, plain] = await Promise.all([
    labelledGrid({ images, ...shape }),
    imageGrid({ images, ...shape }),
  ]);
  expect(await pixels(own)).toEqual(await pixels(plain));
});

test('labels stand beside their row and above their column, and the images stay as they are', async () => {
  const plain = await pixels(await imageGrid({ images, ...shape }));
  const labels = { rowLabels: ['', 'second'], columnLabels: ['I', ''] };
  const own = await pixels(await labelledGrid({ images, ...shape, ...labels }));
  const [left, top] = [own.width - plain.width, own.height - plain.height];
  expect(left).toBeGreaterThan(30);
  expect(top).toBeGreaterThan(10);
  for (let y = 0; y < plain.height; y++) {
    const at = (y + top) * own.width + left;
    const line = plain.data.subarray(y * plain.width, (y + 1) * plain.width);
    expect(own.data.subarray(at, at + plain.width).equals(line)).toBe(true);
  }
  const half = top + plain.height / 2;
  expect(inked(own, [0, left], [top, half])).toBe(false);
  expect(inked(own, [0, left], [half, own.height])).toBe(true);
  expect(inked(own, [left, left + plain.width / 2], [0, top])).toBe(true);
  expect(inked(own, [left + plain.width / 2, own.width], [0, top])).toBe(false);
});

test('each image can have a label of its own, in the gap above it', async () => {
  const wide = { ...shape, gap: 20 };
  const plain = await pixels(await imageGrid({ images, ...wide }));
  const own = await pixels(await labelledGrid({ images, ...wide, imageLabels: ['', 'a', '', 'b'] }));
  expect([own.width, own.height]).toEqual([plain.width, plain.height]);
  const [right, low] = [20 + 32 + 10, 20 + 24]; // where the second column and the second gap begin
  expect(inked(own, [right, own.width], [0, 20])).toBe(true);
  expect(inked(own, [right, own.width], [low, low + 20])).toBe(true);
  expect(inked(own, [0, right], [0, 20])).toBe(false);
  for (let y = 20; y < low; y++) {
    const line = [y * own.width, (y + 1) * own.width] as const;
    expect(own.data.subarray(...line).equals(plain.data.subarray(...line))).toBe(true);
  }
  await expect(labelledGrid({ images, ...wide, imageLabels: ['a'] })).rejects.toThrow(
    'each of its 4 images was expected, got 1',
  );
  await expect(labelledGrid({ images, ...shape, imageLabels: ['a', 'b', 'c', 'd'] })).rejects.toThrow(
    'a gap of 18 or more was expected, got 2',
  );
});

test('coloured images stay coloured, and a text is no markup', async () => {
  const red = Uint8Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 255 : 0));
  const colors = { ...shape, count: 1, height: 2, width: 2, channels: 3, columns: 1, scale: 1, gap: 0 };
  const { data, width, height } = await pixels(
    await labelledGrid({ images: red, ...colors, rowLabels: ['<a & b>'] }),
    3,
  );
  expect([...data.subarray(3 * (width - 1), 3 * width)]).toEqual([255, 0, 0]);
  expect(height).toBe(2);
});

test('as many labels as rows and columns are wanted', async () => {
  await expect(labelledGrid({ images, ...shape, rowLabels: ['a'] })).rejects.toThrow(
    'each of its 2 rows was expected, got 1',
  );
  await expect(labelledGrid({ images, ...shape, columnLabels: ['a', 'b', 'c'] })).rejects.toThrow(
    'each of its 2 columns was expected, got 3',
  );
});
