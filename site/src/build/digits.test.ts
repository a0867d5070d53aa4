import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadMnist } from '@pixelrnn/data';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { digitLabels, encodeDigits, packBits, readDigits } from './digits.js';

test('the committed digits are 64 binary images, and their file comes back from them', async () => {
  const images = await readDigits();
  expect(images.length).toBe(64 * 784);
  expect(new Set(images)).toEqual(new Set([0, 1]));
  const file = pathToFileURL(join(await temporaryFolder(), 'digits.png'));
  await writeFile(file, encodeDigits(images));
  expect(await readDigits(file)).toEqual(images);
});

test('a PNG of another size is refused', async () => {
  const file = pathToFileURL(join(await temporaryFolder(), 'small.png'));
  await writeFile(file, encode({ width: 2, height: 1, channels: 1, data: Uint8Array.of(0, 255) }));
  await expect(readDigits(file)).rejects.toThrow('should be a grey PNG of 224 x 224 pixels, got 2 x 1');
});

test('bits are packed from the highest', () => {
  expect(packBits(Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 1, 0, 1))).toEqual(
    Uint8Array.of(0b10000001, 0b01000000),
  );
});

test('labels are those of the nearest test images of MNIST', async () => {
  const digits = await readDigits();
  const { test } = await loadMnist();
  const { images, labels } = test;
  const nearest = Array.from({ length: 64 }, (_, digit) => {
    let [best, least] = [0, Number.POSITIVE_INFINITY];
    for (let at = 0; at < test.count; at++) {
      let sum = 0;
      for (let i = 0; i < 784 && sum < least; i++)
        sum += ((digits[784 * digit + i] as number) - (images[784 * at + i] as number) / 255) ** 2;
      if (sum < least) [best, least] = [at, sum];
    }
    return labels?.[best];
  });
  expect(nearest.join('')).toBe(digitLabels);
});
