import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomic } from './atomicFile.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-atomic-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

it('writes and replaces a file, leaving nothing else', async () => {
  const path = join(folder, 'a.json');
  await writeFileAtomic(path, 'one');
  await writeFileAtomic(path, Uint8Array.of(116, 119, 111));
  expect(await readFile(path, 'utf8')).toBe('two');
  expect(await readdir(folder)).toEqual(['a.json']);
});

it('says which file could not be written, and leaves no part of it', async () => {
  const path = join(folder, 'taken');
  await mkdir(path);
  await expect(writeFileAtomic(path, 'text')).rejects.toThrow(`Cannot write ${path}: `);
  expect(await readdir(folder)).toEqual(['taken']);
  await expect(writeFileAtomic(join(folder, 'no', 'such'), 'text')).rejects.toThrow(
    'Check that its folder is writable',
  );
});
