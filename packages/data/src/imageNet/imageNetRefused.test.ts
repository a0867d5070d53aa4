import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { encodePng, encodeTar } from '../testing/archives.js';
import { encodeNpy, encodeNpz, encodeZip, int64 } from '../testing/npz.js';
import { photoFixture } from '../testing/photos.js';
import { dataErrorOf } from '../testing/samples.js';
import {
  BYTES,
  image,
  original,
  other,
  place,
  planes,
  resampled,
  trainTar,
  validTar,
  validZip,
} from '../testing/smallImageNet.js';
import { loadImageNetFiles } from './imageNet.js';

describe('what is refused', () => {
  it('another version than was asked for', async () => {
    const here = await place({ ...resampled, ...other });
    const both = await loadImageNetFiles({ ...here, kind: 'resampled' });
    expect(both.train.name).toBe('ImageNet 32x32, resampled');
    const error = await dataErrorOf(() => loadImageNetFiles({ ...here, kind: 'original' }));
    expect(error.message).toContain('The small ImageNet (van den Oord et al.) was expected, but');
    expect(error.message).toContain("is 'ImageNet sample'");
    const absent = await dataErrorOf(async () =>
      loadImageNetFiles({ ...(await place(resampled)), kind: 'original' }),
    );
    expect(absent.message).toMatch(/^train_32x32.tar was expected in/);
  });

  it('training and validation images of two folders', async () => {
    const here = await place({
      'imagenet/train_32x32.tar': trainTar,
      'imagenet-sample/train_32x32.tar': trainTar,
      'imagenet-sample/valid_32x32.tar': validTar,
    });
    const error = await dataErrorOf(() => loadImageNetFiles(here));
    expect(error.code).toBe('missing');
    expect(error.message).toMatch(/^valid_32x32.tar, .* was expected in .*imagenet, but/);
  });

  it('no set at all, and half of one', async () => {
    const error = await dataErrorOf(async () => loadImageNetFiles(await place({})));
    expect(error.code).toBe('missing');
    expect(error.message).toContain(
      'train_32x32.tar, Imagenet32_train_npz.zip, or train.tar or a folder train of images',
    );
    const half = await place({ 'imagenet/a.zip': 'x' });
    expect((await dataErrorOf(() => loadImageNetFiles({ ...half, size: 64 }))).message).toContain(
      'b.zip should lie beside',
    );
  });

  const rgb = image(1);
  const photo = photoFixture('red-app14.jpg');
  it.each([
    ['an empty image', 'a.png', Buffer.alloc(0), 'it is empty'],
    ['a grey image', 'a.png', encodePng(rgb, 32, 32, 1), 'it is grey'],
    ['an image with alpha', 'a.png', encodePng(rgb, 32, 32, 4), 'it has an alpha channel'],
    ['an image of another size', 'a.png', encodePng(rgb, 32, 31), 'it has 32 x 31 pixels instead of 32 x 32'],
    ['a JPEG by the name of a PNG', 'a.png', photo, 'it is a JPEG by the name of a PNG'],
    ['a PNG by the name of a JPEG', 'a.jpg', encodePng(rgb, 32, 32), 'it is a PNG by the name of a JPEG'],
    ['a web page by the name of a JPEG', 'a.jpg', '<html>', 'it is no PNG, JPEG, GIF, WebP, TIFF or AVIF'],
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

  it('photographs that are too small or none, in the folders of both splits', async () => {
    const here = await place({
      'imagenet/train/x/a.png': encodePng(rgb, 64, 20),
      'imagenet/valid/a.png': 'x',
    });
    const error = await dataErrorOf(() => loadImageNetFiles(here));
    expect(error.message).toContain('2 images cannot be used:');
    expect(error.message).toContain('train, x/a.png: it has 64 x 20 pixels instead of at least 32 x 32\n');
    expect(error.message).toContain('valid, a.png: it is no PNG');
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
      npz(encodeNpy('|u1', [1, BYTES], Buffer.alloc(2_000_000)), one),
      'but it holds more',
    ],
    ['labels above 1000', npz(good, encodeNpy('<i8', [1], int64([1001]))), 'but 1001 came for image 0'],
    [
      'labels that are no integers',
      npz(good, encodeNpy('<f8', [1], Buffer.alloc(8))),
      'but it holds <f8 [1]',
    ],
    ['labels below 1', npz(good, encodeNpy('|i1', [1], Buffer.of(0xff))), 'but -1 came for image 0'],
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

  it('pickled batches, an unpacked archive and others, with what they are', async () => {
    const pickles = { train_data_batch_1: Buffer.of(0x80, 4), val_data: Buffer.of(0x80, 4) };
    const zip = { 'imagenet/Imagenet32_train_npz.zip': encodeZip(pickles) };
    const zipped = await dataErrorOf(async () => loadImageNetFiles(await place({ ...resampled, ...zip })));
    expect(zipped.message).toContain(
      'Imagenet32_train_npz.zip should hold .npz files, but it holds train_data_batch_1, val_data: ',
    );
    expect(zipped.message).toContain(
      'train_data_batch_1 (and 1 more) holds batches pickled by Python, which are not read.',
    );
    for (const [name, words] of [
      ['train_data_batch_1', 'holds batches pickled by Python, which are not read.'],
      ['Imagenet32_train.zip', 'holds batches pickled by Python, which are not read.'],
      [
        'Imagenet32_train_npz/train_data_batch_1.npz',
        'is an unpacked part of an npz archive, which is read as the zip',
      ],
      [
        'train_data_batch_1.npz',
        'is an unpacked part of an npz archive, which is read as the zip file that it came in.',
      ],
      ['train.tar.xz', 'is an archive of a form that is not read: unpack it.'],
      ['train.zip', 'is an archive of a form that is not read: unpack it.'],
    ] as const) {
      const here = await place({ [`imagenet/${name}`]: 'x' });
      const error = await dataErrorOf(() => loadImageNetFiles(here));
      expect(error.code).toBe('missing');
      expect(error.message).toContain(`${join(here.dataDir, 'imagenet')}, ${name.split('/')[0]} ${words}`);
    }
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
