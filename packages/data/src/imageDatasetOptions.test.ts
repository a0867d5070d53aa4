import { expect, it } from 'vitest';
import { ImageDataset } from './imageDataset.js';
import type { ImageDatasetOptions } from './imageDatasetOptions.js';
import { dataErrorOf } from './testing/samples.js';

it.each([
  [{ height: -6, width: -6 }, 'x: height should be an integer above 0, but -6 came'],
  [{ height: '1' }, "x: height should be an integer above 0, but '1' came"],
  [{ channels: 1.5 }, 'x: channels should be an integer above 0, but 1.5 came'],
  [{ name: undefined }, 'ImageDataset: name should be a word or more, shown beside its numbers, but nothing'],
  [{ name: '' }, "ImageDataset: name should be a word or more, shown beside its numbers, but '' came"],
  [{ kind: 'mine' }, "x: kind should be one of original, fixed, .*, own, but 'mine' came"],
  [{ images: [0, 0] }, 'x: images should be a Uint8Array or an ImageStore, but Array came'],
  [{ images: new Float32Array(2) }, 'x: images should be a Uint8Array or .*, but Float32Array came'],
  [{ images: undefined }, 'x: images should be a Uint8Array or an ImageStore, but nothing came'],
  [{ images: { count: 0.5, read: () => {} } }, 'x: images should be .*, but Object came'],
  [{ labels: [0, Number.NaN] }, 'x: labels should be a Uint8Array or a Uint16Array, but Array came'],
  [{ levels: 2, greyImages: new Float32Array(2) }, 'x: greyImages should be a Uint8Array, but Float32'],
])('refuses %j, which does not fit its types', async (options, message) => {
  const shape = { name: 'x', kind: 'own', levels: 256, height: 1, width: 2, channels: 1 };
  const made = { ...shape, images: new Uint8Array(2), ...options } as unknown as ImageDatasetOptions;
  const error = await dataErrorOf(() => new ImageDataset(made));
  expect(error.message).toMatch(new RegExp(`^${message}`));
  expect(error.code).toBe('usage');
});

it('says what is missing where no options come', async () => {
  const none = undefined as unknown as ImageDatasetOptions;
  expect((await dataErrorOf(() => new ImageDataset(none))).message).toMatch('ImageDataset: name should be');
});
