import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { SiteError } from './siteError.js';
import { writeSite } from './writeSite.js';

test('a site replaces the one before, and nothing else', async () => {
  const folder = join(await temporaryFolder(), 'site');
  await writeSite(
    [
      { path: 'index.html', content: 'one' },
      { path: 'a/b.js', content: 'old' },
    ],
    folder,
  );
  expect(await readFile(join(folder, 'a/b.js'), 'utf8')).toBe('old');
  await writeSite([{ path: 'index.html', content: 'two' }], folder);
  expect((await readdir(folder)).sort()).toEqual(['.pixelrnn-site', 'index.html']);
  expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe('two');
});

test('a folder of something else is left alone', async () => {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'thesis.tex'), 'years');
  await expect(writeSite([{ path: 'index.html', content: '' }], folder)).rejects.toThrow(SiteError);
  expect(await readdir(folder)).toEqual(['thesis.tex']);
});
