import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { formatBytes, freeBytes, requireSpace } from './diskSpace.js';

test('too little space is one sentence with the sizes, the folder and what to do', async () => {
  await expect(requireSpace('/cache', 1.4e9, async () => 300e6)).rejects.toThrow(
    '/cache needs 1.4 GB of free disk space and has 300 MB: free some, or set PIXELRNN_CACHE_DIR to a folder on a larger disk.',
  );
  await expect(requireSpace('/cache', 300e6, async () => 300e6)).resolves.toBeUndefined();
});

test('the space of a folder that is not there yet is that of its disk', async () => {
  const folder = await temporaryFolder();
  expect(await freeBytes(join(folder, 'not', 'yet'))).toBeGreaterThan(0);
  await expect(requireSpace(join(folder, 'not', 'yet'), 1e18)).rejects.toThrow('needs 1000000000.0 GB');
});

test.each([
  [1, '1 MB'],
  [274_000_871, '275 MB'],
  [1_100_000_000, '1.1 GB'],
])('%i bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
