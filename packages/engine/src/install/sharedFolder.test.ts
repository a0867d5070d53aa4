import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ownerMark, readManifest } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { expect, test } from 'vitest';
import { provideFolder } from './sharedFolder.js';

/** Fills a folder with two files whose content tells who wrote them. */
const fillWith =
  (writer: string, pause = 0) =>
  async (folder: string) => {
    await mkdir(join(folder, 'lib'));
    await writeFile(join(folder, 'lib', 'a.txt'), `a of ${writer}`);
    await setTimeout(pause);
    await writeFile(join(folder, 'b.txt'), `b of ${writer}`);
    return { writer };
  };

const contentOf = (folder: string) =>
  ['lib/a.txt', 'b.txt'].map((name) => readFileSync(join(folder, name), 'utf8'));

test('a folder appears complete, with its manifest, and is not written twice', async () => {
  const target = join(await temporaryFolder(), 'cache', 'thing');
  const manifest = await provideFolder(target, fillWith('first'));
  expect(manifest.about).toEqual({ writer: 'first' });
  expect(Object.keys(manifest.files)).toEqual(['b.txt', 'lib/a.txt']);
  expect(manifest.files['b.txt']?.bytes).toBe('b of first'.length);
  expect(readManifest(target)).toEqual(manifest);
  expect((await provideFolder(target, fillWith('second'))).about).toEqual({ writer: 'first' });
  expect(contentOf(target)).toEqual(['a of first', 'b of first']);
  expect(readdirSync(join(target, '..'))).toEqual(['thing']);
});

test('a fill that fails leaves nothing', async () => {
  const target = join(await temporaryFolder(), 'thing');
  const fill = async (folder: string) => {
    await fillWith('first')(folder);
    throw new Error('the network broke');
  };
  await expect(provideFolder(target, fill)).rejects.toThrow('the network broke');
  expect(readdirSync(join(target, '..'))).toEqual([]);
});

test.each([
  ['without its manifest', (target: string) => rm(join(target, 'manifest.json'))],
  ['with a torn manifest', (target: string) => truncate(join(target, 'manifest.json'), 20)],
  ['with a manifest of another kind', (target: string) => writeFile(join(target, 'manifest.json'), 'null')],
  ['with a short file', (target: string) => truncate(join(target, 'b.txt'), 3)],
  ['with a missing file', (target: string) => rm(join(target, 'lib', 'a.txt'))],
])('a folder %s is not trusted, and replaced', async (_, damage) => {
  const target = join(await temporaryFolder(), 'thing');
  await provideFolder(target, fillWith('first'));
  await damage(target);
  expect(readManifest(target)).toBeUndefined();
  expect((await provideFolder(target, fillWith('second'))).about).toEqual({ writer: 'second' });
  expect(contentOf(target)).toEqual(['a of second', 'b of second']);
  expect(readdirSync(join(target, '..'))).toEqual(['thing']);
});

test('a file of the right size and the wrong content is found by an install', async () => {
  const target = join(await temporaryFolder(), 'thing');
  await provideFolder(target, fillWith('first'));
  await writeFile(join(target, 'b.txt'), 'b of worst');
  expect((await provideFolder(target, fillWith('second'))).about).toEqual({ writer: 'second' });
  expect(contentOf(target)).toEqual(['a of second', 'b of second']);
});

test('a whole folder that does not work here is replaced by one that does', async () => {
  const target = join(await temporaryFolder(), 'thing');
  await provideFolder(target, fillWith('first'));
  const works = async (folder: string) => readFileSync(join(folder, 'b.txt'), 'utf8') === 'b of second';
  const provide = (writer: string) => provideFolder(target, fillWith(writer), works);
  expect((await provide('second')).about).toEqual({ writer: 'second' });
  expect((await provide('third')).about).toEqual({ writer: 'second' });
  expect(contentOf(target)).toEqual(['a of second', 'b of second']);
  expect(readdirSync(join(target, '..'))).toEqual(['thing']);
});

test('of several installs at once one wins whole, and all get the winner', async () => {
  const target = join(await temporaryFolder(), 'thing');
  const writers = ['1', '2', '3', '4', '5'];
  const manifests = await Promise.all(
    writers.map((writer, i) => provideFolder(target, fillWith(writer, (i * 7) % 5))),
  );
  const winner = String(readManifest(target)?.about.writer);
  expect(writers).toContain(winner);
  expect(new Set(manifests.map(({ about }) => about.writer))).toEqual(new Set([winner]));
  expect(contentOf(target)).toEqual([`a of ${winner}`, `b of ${winner}`]);
  expect(readdirSync(join(target, '..'))).toEqual(['thing']);
});

test('several installs at once replace a damaged folder', async () => {
  const target = join(await temporaryFolder(), 'thing');
  await mkdir(target);
  await writeFile(join(target, 'b.txt'), 'half');
  await Promise.all(['1', '2', '3'].map((writer) => provideFolder(target, fillWith(writer))));
  const winner = String(readManifest(target)?.about.writer);
  expect(contentOf(target)).toEqual([`a of ${winner}`, `b of ${winner}`]);
  expect(readdirSync(join(target, '..'))).toEqual(['thing']);
});

test('a folder serves other users too', async () => {
  const target = join(await temporaryFolder(), 'thing');
  await provideFolder(target, fillWith('first'));
  expect((statSync(target).mode & 0o777).toString(8)).toBe('755');
});

test('what interrupted installs left is removed, what others are writing is kept', async () => {
  const cache = await temporaryFolder();
  const partials = {
    dead: `.partial-${ownerMark().replace(/\.\d+\./, '.2147483646.')}`, // above the largest process id of any system
    reused: `.partial-${ownerMark().replace(/\.\d+\./, `.${process.ppid}.`)}`, // a process that started at another time
    living: `.partial-${ownerMark()}`,
    elsewhere: '.partial-another-machine.1.0123456789ab.0123456789ab',
    ancient: '.partial-another-machine.2.0123456789ab.0123456789ab',
  };
  for (const name of Object.values(partials)) await mkdir(join(cache, name));
  const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000);
  await utimes(join(cache, partials.ancient), twoDaysAgo, twoDaysAgo);
  await provideFolder(join(cache, 'thing'), fillWith('first'));
  expect(
    Object.entries(partials)
      .filter(([, name]) => existsSync(join(cache, name)))
      .map(([kind]) => kind),
  ).toEqual(['living', 'elsewhere']);
});
