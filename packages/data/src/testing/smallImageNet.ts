import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import type { ImageNetFiles, PublishedSplit } from '../imageNet/imageNetFiles.js';
import { encodePng, encodeTar, noise } from './archives.js';
import { encodeNpz, encodeZip } from './npz.js';
import { specOf } from './samples.js';

export const BYTES = 3 * 32 * 32;
export const image = (seed: number) => noise(BYTES, seed);
export function planes(seed: number): Uint8Array {
  const pixels = image(seed);
  return Uint8Array.from(pixels, (_, k) => pixels[3 * (k % 1024) + Math.floor(k / 1024)]!);
}
export const tarOf = (split: string, seeds: number[]) =>
  encodeTar([
    [{ name: `${split}_32x32/`, type: 'directory' }, ''],
    ...seeds.map((seed, i) => [`${split}_32x32/${i}.png`, encodePng(image(seed), 32, 32)] as const),
    [`${split}_32x32/._0.png`, 'what a Mac leaves'],
  ]);

export const trainTar = await tarOf('train', [1, 2, 3]);
export const validTar = await tarOf('valid', [4, 5]);
const trainZip = encodeZip({
  'Imagenet32_train_npz/train_data_batch_1.npz': encodeNpz([planes(1), planes(2)], [1000, 7], 0),
  'Imagenet32_train_npz/train_data_batch_2.npz': encodeNpz([planes(3)], [1]),
});
export const validZip = encodeZip(
  { 'Imagenet32_val_npz/val_data.npz': encodeNpz([planes(4), planes(5)], [2, 3]) },
  0,
);

const published = (name: string, content: Uint8Array, count: number): PublishedSplit => ({
  files: [specOf(name, content)],
  count,
});
const none: PublishedSplit = { files: [specOf('none.zip', new Uint8Array(0))], count: 0 };
const files: ImageNetFiles = {
  original: {
    32: {
      train: published('train_32x32.tar', trainTar, 3),
      valid: published('valid_32x32.tar', validTar, 2),
    },
    64: { train: none, valid: none },
  },
  resampled: {
    32: {
      train: published('Imagenet32_train_npz.zip', trainZip, 3),
      valid: published('Imagenet32_val_npz.zip', validZip, 2),
    },
    64: {
      train: { files: ['a.zip', 'b.zip'].map((name) => specOf(name, new Uint8Array(0))), count: 0 },
      valid: none,
    },
  },
};

export async function place(contents: Record<string, Uint8Array | string>) {
  const dataDir = await temporaryFolder();
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(dataDir, name)), { recursive: true });
    await writeFile(join(dataDir, name), content);
  }
  return { dataDir, cacheDir: join(dataDir, 'cache'), files, size: 32 as const, onNote: () => {} };
}

export const original = { 'imagenet/train_32x32.tar': trainTar, 'imagenet/valid_32x32.tar': validTar };
export const resampled = {
  'imagenet/Imagenet32_train_npz.zip': trainZip,
  'imagenet/Imagenet32_val_npz.zip': validZip,
};
export const other = {
  'imagenet/train_32x32.tar': await tarOf('train', [1, 2, 3, 9]),
  'imagenet/valid_32x32.tar': await tarOf('v', [4, 5]),
};
export const pixelsOf = (...seeds: number[]) => Buffer.concat(seeds.map(image));
