import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, it } from 'vitest';
import { folderEntries } from './folderEntries.js';

it('opens a file only where its content is read', async () => {
  const folder = await temporaryFolder();
  const files = [{ name: 'a.png', bytes: 3, modified: 0 }];
  const { value: entry } = await folderEntries(folder, files).next();
  await readdir(folder); // what was opened at once would have failed by now
  await writeFile(join(folder, 'a.png'), 'abc');
  expect(String(await buffer(entry!.content))).toBe('abc');
});
