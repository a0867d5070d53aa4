import { mkdir, open, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import jpeg from 'jpeg-js';
import { describe, expect, it } from 'vitest';
import { loadImageNetFiles } from './imageNet.js';
import type { ImageNetFiles, PublishedSplit } from './imageNetFiles.js';
import { verifyImageNet } from './imageNetVerify.js';
import type { DataProgress } from './progress.js';
import { encodePng, encodeTar, noise } from './testing/archives.js';
import { encodeNpy, encodeNpz, encodeZip, int64 } from './testing/npz.js';
import { dataErrorOf, specOf } from './testing/samples.js';
import { temporaryFolder } from './testing/temporaryFolder.js';

const BYTES = 3 * 32 * 32;
const image = (seed: number) => noise(BYTES, seed);
const planes = (seed: number) =>
  Uint8Array.from({ length: BYTES }, (_, k) => image(seed)[3 * (k % 1024) + Math.floor(k / 1024)]!);
const tarOf = (split: string, seeds: number[]) =>
  encodeTar([
    [{ name: `${split}_32x32/`, type: 'directory' }, ''],
    ...seeds.map((seed, i) => [`${split}_32x32/${i}.png`, encodePng(image(seed), 32, 32)] as const),
    [`${split}_32x32/._0.png`, 'what a Mac leaves'],
  ]);

const trainTar = await tarOf('train', [1, 2, 3]);
const validTar = await tarOf('valid', [4, 5]);
const trainZip = encodeZip({
  'Imagenet32_train_npz/train_data_batch_1.npz': encodeNpz([planes(1), planes(2)], [1000, 7], 0),
  'Imagenet32_train_npz/train_data_batch_2.npz': encodeNpz([planes(3)], [1]),
});
const validZip = encodeZip(
  { 'Imagenet32_val_npz/val_data.npz': encodeNpz([planes(4), planes(5)], [2, 3]) },
  0,
);

const published = (name: string, content: Uint8Array, count: number): PublishedSplit => ({
  files: [specOf(name, content)],
  count,
});
const none: PublishedSplit = { files: [specOf('none.zip', new Uint8Array(0))], count: 0 };
const files: ImageNetFiles = {
  original: {
    32: {
      train: published('train_32x32.tar', trainTar, 3),
      valid: published('valid_32x32.tar', validTar, 2),
    },
    64: { train: none, valid: none },
  },
  resampled: {
    32: {
      train: published('Imagenet32_train_npz.zip', trainZip, 3),
      valid: published('Imagenet32_val_npz.zip', validZip, 2),
    },
    64: {
      train: { files: ['a.zip', 'b.zip'].map((name) => specOf(name, new Uint8Array(0))), count: 0 },
      valid: none,
    },
  },
};

async function place(contents: Record<string, Uint8Array | string>) {
  const dataDir = await temporaryFolder();
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(dataDir, name)), { recursive: true });
    await writeFile(join(dataDir, name), content);
  }
  return { dataDir, cacheDir: join(dataDir, 'cache'), files, size: 32 as const };
}

const original = { 'imagenet/train_32x32.tar': trainTar, 'imagenet/valid_32x32.tar': validTar };
const resampled = {
  'imagenet/Imagenet32_train_npz.zip': trainZip,
  'imagenet/Imagenet32_val_npz.zip': validZip,
};
const other = {
  'imagenet/train_32x32.tar': await tarOf('train', [1, 2, 3, 9]),
  'imagenet/valid_32x32.tar': await tarOf('v', [4, 5]),
};
const pixelsOf = (...seeds: number[]) => Buffer.concat(seeds.map(image));

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

  it('crops and reduces the images of folders, whatever their size', async () => {
    const wide = new Uint8Array(3 * 100 * 64).fill(10);
    for (let y = 0; y < 64; y++) wide.fill(200, 3 * (100 * y + 18), 3 * (100 * y + 82)); // the middle 64 x 64
    const rgba = Buffer.alloc(4 * 50 * 40, 90);
    const photo = jpeg.encode({ data: rgba, width: 50, height: 40 }, 90).data;
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

describe('what is refused', () => {
  it('another version than was asked for', async () => {
    const here = await place(resampled);
    const error = await dataErrorOf(() => loadImageNetFiles({ ...here, kind: 'original' }));
    expect(error.message).toContain('The small ImageNet (van den Oord et al.) was expected, but');
    expect(error.message).toContain("is 'ImageNet 32x32, resampled'");
  });

  it('no set at all, and half of one', async () => {
    const error = await dataErrorOf(async () => loadImageNetFiles(await place({})));
    expect(error.code).toBe('missing');
    expect(error.message).toContain(
      'train_32x32.tar, Imagenet32_train_npz.zip, or train.tar or a folder train',
    );
    const half = await place({ 'imagenet/a.zip': 'x' });
    expect((await dataErrorOf(() => loadImageNetFiles({ ...half, size: 64 }))).message).toContain(
      'b.zip should lie beside',
    );
  });

  const rgb = image(1);
  const photo = jpeg.encode({ data: Buffer.alloc(4 * 32 * 32), width: 32, height: 32 }, 90).data;
  it.each([
    ['an empty image', 'a.png', Buffer.alloc(0), 'it is empty'],
    ['a grey image', 'a.png', encodePng(rgb, 32, 32, 1), 'it is grey'],
    ['an image with alpha', 'a.png', encodePng(rgb, 32, 32, 4), 'it has an alpha channel'],
    ['an image of another size', 'a.png', encodePng(rgb, 32, 31), 'it has 32 x 31 pixels instead of 32 x 32'],
    ['a JPEG by the name of a PNG', 'a.png', photo, 'it is a JPEG by the name of a PNG'],
    ['a PNG by the name of a JPEG', 'a.jpg', encodePng(rgb, 32, 32), 'it is a PNG by the name of a JPEG'],
    ['a web page by the name of a JPEG', 'a.jpg', '<html>', 'it is neither PNG nor JPEG'],
    ['half an image', 'a.png', encodePng(rgb, 32, 32).subarray(0, 999), 'it ends early'],
  ])('%s, by file and entry; nothing is kept', async (_, name, content, came) => {
    const here = await place({
      ...original,
      'imagenet/train_32x32.tar': await encodeTar([
        ['train_32x32/0.png', encodePng(rgb, 32, 32)],
        [`train_32x32/${name}`, content],
      ]),
    });
    const error = await dataErrorOf(() => loadImageNetFiles(here));
    expect(error.message).toContain(
      `${join(here.dataDir, 'imagenet/train_32x32.tar')}, train_32x32/${name} should be an 8-bit RGB image, but ${came}: `,
    );
    expect(await readdir(here.cacheDir)).toEqual([]);
  });

  it('a photograph that is too small, in a folder', async () => {
    const here = await place({
      'imagenet/train/x/a.png': encodePng(rgb, 64, 20),
      'imagenet/valid/a.png': 'x',
    });
    const error = await dataErrorOf(() => loadImageNetFiles(here));
    expect(error.message).toContain('train, x/a.png should be');
    expect(error.message).toContain('it has 64 x 20 pixels instead of at least 32 x 32');
  });

  const npz = (data: Uint8Array, labels: Uint8Array) => encodeZip({ 'data.npy': data, 'labels.npy': labels });
  const good = encodeNpy('|u1', [1, BYTES], planes(1));
  const one = encodeNpy('<i8', [1], int64([5]));
  it.each([
    ['floats', npz(encodeNpy('<f4', [1, BYTES], Buffer.alloc(4 * BYTES)), one), 'but it holds <f4 [1, 3072]'],
    [
      'images of another size',
      npz(encodeNpy('|u1', [1, 12288], Buffer.alloc(12288)), one),
      'but it holds |u1 [1, 12288]',
    ],
    [
      'a number of images that no set has',
      npz(encodeNpy('|u1', [1e9, BYTES], planes(1)), one),
      '|u1 [1000000000, 3072]',
    ],
    [
      'fewer images than said',
      npz(encodeNpy('|u1', [2, BYTES], planes(1)), one),
      'should hold 2 rows, but it ends in row 2',
    ],
    [
      'more data than said',
      npz(encodeNpy('|u1', [1, BYTES], Buffer.alloc(50_000_000)), one),
      'but it holds more',
    ],
    ['labels above 1000', npz(good, encodeNpy('<i8', [1], int64([1001]))), 'but 1001 came for image 0'],
    ['no labels', encodeZip({ 'data.npy': good }), '1 images and 0 labels'],
    ['other labels than images', npz(good, encodeNpy('|u1', [2], Buffer.of(1, 2))), '1 images and 2 labels'],
    ['no arrays', Buffer.from('PK no'), '0 images and 0 labels'],
  ])('an archive with %s', async (_, content, came) => {
    const zip = encodeZip({ 'x/train_data_batch_1.npz': content });
    const here = await place({ ...resampled, 'imagenet/Imagenet32_train_npz.zip': zip });
    const error = await dataErrorOf(() => loadImageNetFiles(here));
    expect(error.message).toContain('Imagenet32_train_npz.zip, x/train_data_batch_1.npz');
    expect(error.message).toContain(came);
    expect(await readdir(here.cacheDir)).toEqual([]);
  });

  it('a zip archive that is damaged, cut off, or whose paths climb out', async () => {
    const damaged = Buffer.from(validZip);
    damaged[4000]! ^= 1; // stored, so only the CRC tells
    const climbing = encodeZip({ '../x.npz': encodeNpz([planes(1)], [1]) });
    for (const [zip, code] of [
      [damaged, 'checksum'],
      [validZip.subarray(0, -100), 'truncated'],
      [Buffer.alloc(0), 'truncated'],
      [climbing, 'format'],
    ] as const) {
      const here = await place({ ...resampled, 'imagenet/Imagenet32_val_npz.zip': zip });
      const error = await dataErrorOf(() => loadImageNetFiles(here));
      expect(error.code).toBe(code);
      expect(error.message).toContain('Imagenet32_val_npz.zip');
    }
  });

  it('a full disk, with nothing left behind', async () => {
    const here = await place(original);
    const openFile: typeof open = async (...parameters) => {
      const handle = await open(...parameters);
      handle.writeFile = () => Promise.reject(Object.assign(new Error('no space'), { code: 'ENOSPC' }));
      return handle;
    };
    const error = await dataErrorOf(() => loadImageNetFiles({ ...here, openFile }));
    expect(error.code).toBe('unwritable');
    expect(error.message).toContain('the disk is full (ENOSPC)');
    expect(await readdir(here.cacheDir)).toEqual([]);
  });
});
