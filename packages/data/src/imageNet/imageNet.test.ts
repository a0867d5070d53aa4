import { open, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import type { DataProgress } from '../progress.js';
import { encodePng } from '../testing/archives.js';
import { encodeNpy, encodeZip } from '../testing/npz.js';
import { dataErrorOf } from '../testing/samples.js';
import {
  BYTES,
  image,
  original,
  other,
  pixelsOf,
  place,
  planes,
  resampled,
  tarOf,
  validTar,
} from '../testing/smallImageNet.js';
import { loadImageNetFiles } from './imageNet.js';
import { verifyImageNet } from './imageNetVerify.js';

describe('loadImageNetFiles', () => {
  it.each([
    ["the papers' tar files", original, 'small ImageNet (van den Oord et al.)', 'original', undefined],
    ["today's archives", resampled, 'ImageNet 32x32, resampled', 'resampled', [999, 6, 0]],
    ['tar files of another content', other, 'ImageNet sample', 'sample', undefined],
  ])('reads %s and names them so', async (_, contents, name, kind, labels) => {
    const { train, valid, test } = await loadImageNetFiles(await place(contents));
    for (const split of [train, valid, test]) expect([split.name, split.kind]).toEqual([name, kind]);
    expect(Buffer.compare(train.subset(3).images, pixelsOf(1, 2, 3))).toBe(0);
    expect(Buffer.compare(test.images, pixelsOf(4, 5))).toBe(0);
    expect(train.labels && [...train.labels]).toEqual(labels);
    expect(Object.keys(train.checksums)).toEqual([expect.stringMatching(/train/)]);
    if (labels)
      expect([...train.batches({ batchSize: 3, seed: 0 }).next().value.labels!].sort()).toEqual([0, 6, 999]);
  });

  it.each(['|u1', '|i1', '<u2', '>u2', '<i2', '>i2', '<u4', '>u4', '<i4', '>i4', '<u8', '>u8', '<i8', '>i8'])(
    'reads labels of the type %s, from a zip file that a Mac made',
    async (descr) => {
      const bytes = Number(descr.at(-1));
      const values = Buffer.alloc(3 * bytes);
      const lowest = descr.startsWith('>') ? bytes - 1 : 0;
      for (const [i, label] of [3, 100, 7].entries()) values[i * bytes + lowest] = label;
      const data = encodeNpy('|u1', [3, BYTES], Buffer.concat([planes(1), planes(2), planes(3)]));
      const npz = encodeZip({ 'labels.npy': encodeNpy(descr, [3], values), 'data.npy': data });
      const zip = encodeZip({
        '__MACOSX/x/._a.npz': Buffer.from('what a Mac leaves'),
        'x/._a.npz': Buffer.from('what a Mac leaves'),
        'x/a.npz': npz,
      });
      const both = await place({
        'imagenet/Imagenet32_train_npz.zip': zip,
        'imagenet/Imagenet32_val_npz.zip': zip,
      });
      const { train } = await loadImageNetFiles(both);
      expect([...train.labels!]).toEqual([2, 99, 6]);
      expect(Buffer.compare(train.images, pixelsOf(1, 2, 3))).toBe(0);
    },
  );

  it('crops and reduces the images of folders, whatever their size', async () => {
    const wide = new Uint8Array(3 * 100 * 64).fill(10);
    for (let y = 0; y < 64; y++) wide.fill(200, 3 * (100 * y + 18), 3 * (100 * y + 82)); // the middle 64 x 64
    const raw = { width: 50, height: 40, channels: 3 } as const;
    const photo = await sharp(Buffer.alloc(3 * 50 * 40, 90), { raw })
      .jpeg()
      .toBuffer();
    const { train, valid } = await loadImageNetFiles(
      await place({
        'imagenet/train/n01/b.png': encodePng(wide, 100, 64),
        'imagenet/train/n02/a.JPEG': photo,
        'imagenet/train/README.txt': 'no image',
        'imagenet/val/c.png': encodePng(image(3), 32, 32),
      }),
    );
    expect(train.name).toBe('ImageNet sample');
    expect(new Set(train.images.subarray(0, BYTES))).toEqual(new Set([200]));
    for (const value of train.images.subarray(BYTES)) expect(Math.abs(value - 90)).toBeLessThan(3);
    expect(Buffer.compare(valid.images, image(3))).toBe(0);
  });

  it('packs once, and again when a file has changed', async () => {
    const here = await place(original);
    const progress: DataProgress[] = [];
    const load = () => loadImageNetFiles({ ...here, onProgress: (step) => progress.push(step) });
    await load();
    expect(progress.at(-1)).toEqual({
      stage: 'pack',
      file: 'valid_32x32.tar',
      bytes: validTar.length,
      total: validTar.length,
    });
    const packed = await readdir(here.cacheDir);
    expect(packed).toHaveLength(2);
    progress.length = 0;
    await load();
    expect(progress).toEqual([]);
    await writeFile(join(here.dataDir, 'imagenet/valid_32x32.tar'), await tarOf('valid', [6, 7, 8]));
    await utimes(join(here.dataDir, 'imagenet/valid_32x32.tar'), 1e9, 1e9);
    const error = await dataErrorOf(load);
    expect(error.message).toContain('The same version of ImageNet for training and validation was expected');
    expect(await readdir(here.cacheDir)).toEqual(packed);
  });

  it('packs anew where the packed file is damaged', async () => {
    const here = await place(original);
    await loadImageNetFiles(here);
    for (const name of await readdir(here.cacheDir)) {
      const path = join(here.cacheDir, name);
      await writeFile(path, (await readFile(path)).subarray(0, -20));
    }
    expect((await loadImageNetFiles(here)).train.count).toBe(3);
  });

  it('verifies files and packed images, also where sizes and times have not changed', async () => {
    const here = await place({
      ...original,
      'folder/train/a.png': encodePng(image(1), 32, 32),
      'folder/valid/b.png': encodePng(image(2), 32, 32),
    });
    const path = join(here.dataDir, 'imagenet/valid_32x32.tar');
    await utimes(path, 1e9, 1e9);
    for (const folder of ['imagenet', 'folder']) {
      const splits = await verifyImageNet({ ...here, folder });
      expect(splits.train.count).toBe(folder === 'imagenet' ? 3 : 1);
    }
    const changed = Buffer.from(validTar);
    changed[3000]! ^= 1;
    await writeFile(path, changed);
    await utimes(path, 1e9, 1e9);
    const error = await dataErrorOf(() => verifyImageNet(here));
    expect(error.code).toBe('checksum');
    expect(error.message).toContain(`${path} should be what was packed`);
  });

  it('refuses a packed image that is damaged', async () => {
    const here = await place(original);
    await loadImageNetFiles(here);
    for (const name of await readdir(here.cacheDir)) {
      const handle = await open(join(here.cacheDir, name), 'r+');
      await handle.write(Buffer.of(1, 2, 3, 4), 0, 4, BYTES + 7);
      await handle.close();
    }
    const { train } = await loadImageNetFiles(here);
    expect((await dataErrorOf(() => train.images)).message).toMatch(/^Image 1 in .*train_32x32/);
    expect((await dataErrorOf(() => verifyImageNet(here))).code).toBe('checksum');
  });

  it('lets two pack the same set at once', async () => {
    const here = await place(original);
    const both = await Promise.all([loadImageNetFiles(here), loadImageNetFiles(here)]);
    for (const { train } of both) expect(Buffer.compare(train.images, pixelsOf(1, 2, 3))).toBe(0);
    expect(await readdir(here.cacheDir)).toHaveLength(2);
  });
});
