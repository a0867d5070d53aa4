import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import type { DatasetSplits } from '../imageDataset.js';
import type { DataProgress } from '../progress.js';
import { encodePng, noise } from '../testing/archives.js';
import { photoFixture } from '../testing/photos.js';
import { dataErrorOf } from '../testing/samples.js';
import { loadOwnImages } from './ownImages.js';

/** 4x4 of one grey. */
const flat = (value: number) => encodePng(new Uint8Array(48).fill(value), 4, 4);

async function folderOf(contents: Record<string, Uint8Array | string>) {
  const folder = join(await temporaryFolder(), 'my photos');
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return { folder, cacheDir: join(folder, '..', 'cache'), size: 4, onNote: () => {} };
}

/** Image i, in the order of the names, is of the grey i. */
const numbered = (count: number, prefix = '') =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${prefix}${String(i).padStart(3, '0')}.png`, flat(i)]),
  );
const greysOf = ({ train, valid, test }: DatasetSplits) =>
  [train, valid, test].map(({ images, height, width, channels }) =>
    Array.from(images).filter((_, i) => i % (height * width * channels) === 0),
  );

describe('loadOwnImages', () => {
  it('splits a folder by the seed: a tenth each for valid and test, every image once', async () => {
    const here = await folderOf({ ...numbered(30, 'cats/'), ...numbered(0) });
    const [train, valid, test] = greysOf(await loadOwnImages(here));
    expect([train!.length, valid!.length, test!.length]).toEqual([24, 3, 3]);
    expect([...train!, ...valid!, ...test!].sort((a, b) => a - b)).toEqual([...Array(30).keys()]);
    for (const split of [train!, valid!, test!]) expect(split).toEqual([...split].sort((a, b) => a - b));
    expect(greysOf(await loadOwnImages(here))).toEqual([train, valid, test]);
    const other = await loadOwnImages({ ...here, seed: 1 });
    expect(greysOf(other)).not.toEqual([train, valid, test]);
    expect(other.train.name).toBe('images of my photos, 4x4, split by seed 1');
    expect(await readdir(here.cacheDir)).toHaveLength(1);
  });

  it('takes the folders train, valid and test where they are there, and says what it leaves out', async () => {
    const contents = {
      'Train/a.png': flat(1),
      'Train/b/c.png': flat(2),
      'val/a.png': flat(3),
      'x.png': flat(9),
    };
    const notes: string[] = [];
    const here = { ...(await folderOf(contents)), onNote: (note: string) => notes.push(note) };
    const two = await loadOwnImages({ ...here, seed: 5 });
    expect(greysOf(two)).toEqual([[1, 2], [3], [3]]);
    expect(two.test).toBe(two.valid);
    expect(two.train.name).toBe('images of my photos, 4x4');
    expect(notes).toEqual([`${here.folder}: left out, as the splits are Train and val (1): x.png.`]);
    await mkdir(join(here.folder, 'test'));
    await writeFile(join(here.folder, 'test/a.png'), flat(4));
    expect(greysOf(await loadOwnImages(here))).toEqual([[1, 2], [3], [4]]);
  });

  it('takes the same folder for a split wherever several would do, and names the others', async () => {
    const notes: string[] = [];
    const here = await folderOf({
      'Train/a.png': flat(9),
      'train/a.png': flat(1),
      'validation/a.png': flat(8),
      'val/a.png': flat(3),
    });
    const splits = await loadOwnImages({ ...here, onNote: (note) => notes.push(note) });
    expect(greysOf(splits)).toEqual([[1], [3], [3]]);
    expect(notes).toEqual([
      `${here.folder}: left out, as the splits are train and val (2): Train, validation.`,
    ]);
  });

  it.runIf(process.platform === 'linux')(
    'keeps names apart by capitals and by the form of an umlaut',
    async () => {
      const names = ['a.png', 'A.PNG', '\u00fc.png', 'u\u0308.png', 'Fußgänger im Nebel.png'];
      const here = await folderOf(
        Object.fromEntries(names.map((name, i) => [`bilder von früher/${name}`, flat(i)])),
      );
      const greys = greysOf(await loadOwnImages(here)).flat();
      expect(greys.sort()).toEqual([0, 1, 2, 3, 4]);
    },
  );

  it.runIf(process.platform === 'linux')('tells names that are not of UTF-8', async () => {
    const here = await folderOf(numbered(5));
    await writeFile(
      Buffer.concat([Buffer.from(`${here.folder}/`), Buffer.from('\xfc.png', 'latin1')]),
      flat(9),
    );
    expect((await dataErrorOf(() => loadOwnImages(here))).message).toContain(
      '\ufffd.png should be an 8-bit RGB image, but it is not found under its name, which may not be UTF-8: ',
    );
    expect((await loadOwnImages({ ...here, skipBad: true })).train.name).toContain('(1 unusable left out)');
    await mkdir(Buffer.concat([Buffer.from(`${here.folder}/`), Buffer.from('\xfcber', 'latin1')]));
    const { code, message } = await dataErrorOf(() => loadOwnImages(here));
    expect([code, message]).toEqual([
      'unreadable',
      expect.stringContaining(
        '\ufffdber should be readable, but reading it gave ENOENT: rename it, as its name is not UTF-8',
      ),
    ]);
  });

  it('holds out a tenth of train where there is a test folder alone', async () => {
    const here = await folderOf({ ...numbered(20, 'train/'), 'test/a.png': flat(200) });
    const [train, valid, test] = greysOf(await loadOwnImages(here));
    expect([train!.length, valid!.length, test]).toEqual([18, 2, [200]]);
    expect([...train!, ...valid!].sort((a, b) => a - b)).toEqual([...Array(20).keys()]);
  });

  it('takes a folder that is called train, but has no other split, for one of many', async () => {
    const here = await folderOf({ ...numbered(5, 'train/'), ...numbered(5, 'plane/') });
    const { train, valid, test } = await loadOwnImages(here);
    expect([train.count, valid.count, test.count]).toEqual([8, 1, 1]);
  });

  it.each([2, 4, 16, 256])(
    'quantises to %i levels, grey or not, from one packed file each',
    async (levels) => {
      const here = await folderOf({ 'train/a.png': encodePng(noise(48), 4, 4), 'valid/b.png': flat(255) });
      const original = (await loadOwnImages(here)).train.images;
      const { train, valid } = await loadOwnImages({ ...here, levels });
      expect([...train.images]).toEqual([...original].map((value) => Math.floor((value * levels) / 256)));
      expect(train.levels).toBe(levels);
      expect([...valid.images]).toEqual(Array(48).fill(levels - 1));
      const grey = await loadOwnImages({ ...here, levels, grey: true });
      expect(grey.train.channels).toBe(1);
      expect([...grey.train.images]).toEqual(
        Array.from({ length: 16 }, (_, i) => {
          const [red, green, blue] = original.subarray(3 * i);
          const luma = Math.round(0.299 * red! + 0.587 * green! + 0.114 * blue!);
          return Math.floor((luma * levels) / 256);
        }),
      );
      const suffix = levels === 256 ? '' : `, ${levels} levels`;
      expect([train.name, grey.train.name]).toEqual([
        `images of my photos, 4x4${suffix}`,
        `images of my photos, 4x4, grey${suffix}`,
      ]);
      expect(await readdir(here.cacheDir)).toHaveLength(4);
    },
  );

  it('packs once, and again when an image is added', async () => {
    const here = await folderOf(numbered(5));
    const progress: DataProgress[] = [];
    const load = () => loadOwnImages({ ...here, onProgress: (step) => progress.push(step) });
    const { train } = await load();
    expect(Object.keys(train.checksums)).toEqual(['my photos']);
    expect(progress.at(-1)).toMatchObject({ stage: 'pack', file: 'my photos' });
    progress.length = 0;
    await load();
    expect(progress).toEqual([]);
    await writeFile(join(here.folder, '100.png'), flat(100));
    expect((await load()).train.count).toBe(4);
  });

  it('tells all images that cannot be used, in all splits, and leaves them out where asked', async () => {
    const here = await folderOf({
      ...numbered(3, 'train/'),
      'train/x.jpg': 'x',
      'valid/a.png': flat(7),
      'valid/small.png': encodePng(new Uint8Array(27), 3, 3),
      'test/b.bmp': photoFixture('not-read.bmp'),
      'test/c.png': flat(8),
    });
    const { message } = await dataErrorOf(() => loadOwnImages(here));
    expect(message).toMatch(
      /^3 images cannot be used:\n.*x\.jpg: .*\n.*small\.png: .*at least 4 x 4\n.*b\.bmp: it is a BMP/,
    );
    const splits = await loadOwnImages({ ...here, skipBad: true });
    expect(greysOf(splits)).toEqual([[0, 1, 2], [7], [8]]);
    expect(splits.test.name).toBe('images of my photos, 4x4 (3 unusable left out)');
  });

  it('refuses folders that hold no images or too few, and bad options', async () => {
    const here = await folderOf(numbered(2));
    expect((await dataErrorOf(() => loadOwnImages(here))).message).toContain(
      'should hold at least 3 images, to be split, but it holds 2',
    );
    const file = await dataErrorOf(() => loadOwnImages({ ...here, folder: join(here.folder, '000.png') }));
    expect(file.message).toContain('000.png should be a folder of images, but it is a file');
    await rm(join(here.folder, '000.png'));
    await rm(join(here.folder, '001.png'));
    expect((await dataErrorOf(() => loadOwnImages(here))).message).toContain('my photos is empty');
    const gone = await dataErrorOf(() => loadOwnImages({ ...here, folder: join(here.folder, 'nowhere') }));
    expect([gone.code, gone.message]).toEqual(['missing', expect.stringContaining('ENOENT')]);
    for (const wrong of [
      { levels: 1 },
      { levels: 257 },
      { size: 0 },
      { size: 2.5 },
      { seed: -1 },
      { folder: '' },
      { x: 1 },
    ])
      expect((await dataErrorOf(() => loadOwnImages({ ...here, ...wrong } as typeof here))).code).toBe(
        'usage',
      );
  });
});
