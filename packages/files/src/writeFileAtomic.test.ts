import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { FileError } from './fileError.js';
import { temporaryFolder } from './testing/temporaryFolder.js';
import { writeFileAtomic } from './writeFileAtomic.js';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

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

it('says so of a file below a file', async () => {
  const file = join(folder, 'file');
  await writeFileAtomic(file, 'text');
  const error = await writeFileAtomic(join(file, 'below'), 'text').catch((reason) => reason);
  expect(error).toBeInstanceOf(FileError);
  expect(error.message).toMatch(/^Cannot write .*file.below: ENOTDIR/);
});

it('lets the same file be written several times at once: one of them wins whole', async () => {
  const path = join(folder, 'b');
  const texts = ['a', 'bb', 'ccc', 'dddd'].map((text) => text.repeat(1000));
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)));
  expect(texts).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['b']);
});

it('shares no temporary file with another thread, or a process of the same number in another container', async () => {
  const path = join(folder, 'c');
  const fresh = async () => {
    vi.resetModules();
    return (await import('./writeFileAtomic.js')).writeFileAtomic;
  };
  const [ours, theirs] = [await fresh(), await fresh()];
  await ours(path, 'ours', { assertHeld: () => theirs(path, 'theirs') });
  expect(await readFile(path, 'utf8')).toBe('ours');
  expect(await readdir(folder)).toEqual(['c']);
});
