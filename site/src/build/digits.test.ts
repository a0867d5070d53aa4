import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { encode } from 'fast-png';
import { expect, test } from 'vitest';
import { encodeDigits, packBits, readDigits } from './digits.js';

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
