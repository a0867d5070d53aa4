import { chmod, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { describe, expect, it } from 'vitest';
import { encodePng, encodeTar, noise } from '../testing/archives.js';
import { photoFixture } from '../testing/photos.js';
import { dataErrorOf } from '../testing/samples.js';
import { BYTES, image, pixelsOf, place } from '../testing/smallImageNet.js';
import { loadImageNetFiles } from './imageNet.js';
import { verifyImageNet } from './imageNetVerify.js';

const png = (seed: number) => encodePng(image(seed), 32, 32);
const valid = { 'imagenet/valid/v.png': png(9) };

/** One colour, 40x36, in any format and colour model that sharp writes. */
const photo = (change: (image: Sharp) => Sharp, colour = { r: 200, g: 100, b: 50 }) =>
  change(sharp({ create: { width: 40, height: 36, channels: 3, background: colour } })).toBuffer();

async function load(here: Awaited<ReturnType<typeof place>>, options: object = {}) {
  const notes: string[] = [];
  const splits = await loadImageNetFiles({ ...here, onNote: (note) => notes.push(note), ...options });
  return { ...splits, notes };
}

describe('folders of photos', () => {
  it('converts what users have, and says once what and how many', async () => {
    const here = await place({
      ...valid,
      'imagenet/train/a-grey.jpg': await photo((it) => it.toColourspace('b-w').jpeg(), {
        r: 90,
        g: 90,
        b: 90,
      }),
      'imagenet/train/b-16.png': await photo((it) => it.toColourspace('rgb16').png()),
      'imagenet/train/c-alpha.png': await photo((it) => it.ensureAlpha(0.5).png()),
      'imagenet/train/d-palette.png': await photo((it) => it.png({ palette: true })),
      'imagenet/train/e.webp': await photo((it) => it.webp({ lossless: true })),
      'imagenet/train/f.gif': await photo((it) => it.gif()),
      'imagenet/train/g.JPEG': await photo((it) => it.png()),
      'imagenet/train/h-plain.JPG': Buffer.concat([
        await photo((it) => it.jpeg({ quality: 100 })),
        noise(50),
      ]),
    });
    const { train, notes } = await load(here);
    for (let i = 0; i < train.count; i++) {
      const [red, green, blue] = train.images.subarray(i * BYTES);
      const expected = i === 0 ? [90, 90, 90] : [200, 100, 50];
      for (const [c, value] of [red!, green!, blue!].entries())
        expect(Math.abs(value - expected[c]!), String(i)).toBeLessThanOrEqual(2);
    }
    expect(train.name).toBe('ImageNet sample');
    expect(notes).toEqual([
      `${join(here.dataDir, 'imagenet/train')}: converted to 8-bit sRGB, of 8 images: 1 grey; 1 of 16 bits; 2 with an alpha channel, which is dropped; 1 with a palette; 1 WebP; 1 GIF; 1 under the name of another format.`,
    ]);
    expect((await load(here)).notes).toEqual([]);
  });

  it('turns photos upright before they are cropped', async () => {
    const raw = { width: 64, height: 40, channels: 3 } as const;
    const pixels = Buffer.alloc(3 * 64 * 40);
    pixels.fill(255, 0, 3 * 64 * 20); // the upper half is white; turned by 90 degrees, that is the right half
    const turned = await sharp(pixels, { raw }).withMetadata({ orientation: 6 }).png().toBuffer();
    const { train, notes } = await load(await place({ ...valid, 'imagenet/train/a.png': turned }));
    expect([...train.images.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect([...train.images.subarray(BYTES - 3)]).toEqual([255, 255, 255]);
    expect([...train.images.subarray(3 * 31, 3 * 32)]).toEqual([255, 255, 255]);
    expect(notes[0]).toContain('1 turned upright');
  });

  it.each([
    ['red-app14.jpg', 'an RGB JPEG with APP14'],
    ['red-ids.jpg', 'an RGB JPEG by its ids'],
  ])('loads %s as red', async (name) => {
    const { train, notes } = await load(
      await place({ ...valid, 'imagenet/train/a.jpg': photoFixture(name) }),
    );
    for (let i = 0; i < BYTES; i += 3) {
      expect(train.images[i]).toBeGreaterThanOrEqual(252);
      expect(Math.max(train.images[i + 1]!, train.images[i + 2]!)).toBeLessThanOrEqual(3);
    }
    expect(notes).toEqual([]);
  });

  it('names files of other kinds and links that are left out', async () => {
    const here = await place({
      ...valid,
      'imagenet/train/a.png': png(1),
      'imagenet/train/README.txt': 'x',
      'imagenet/train/.DS_Store': 'x',
      'imagenet/train/__MACOSX/._a.png': 'x',
      'elsewhere/b.png': png(2),
    });
    const at = (name: string) => join(here.dataDir, 'imagenet/train', name);
    await symlink('../../elsewhere', at('n02'));
    await symlink('gone.csv', at('list.csv'));
    await symlink('../../elsewhere/b.png', at('linked.png'));
    const { train, notes } = await load(here);
    expect(Buffer.compare(train.images, pixelsOf(1, 2))).toBe(0);
    const where = join(here.dataDir, 'imagenet/train');
    expect(notes).toEqual([
      `${where}: left out, as their names are not those of images (3): .DS_Store, README.txt, __MACOSX/._a.png.`,
      `${where}: left out, as links to folders are not followed (1): n02 -> ../../elsewhere.`,
      `${where}: left out, as these links lead nowhere (1): list.csv -> gone.csv.`,
    ]);
  });

  it('says what a folder without images holds', async () => {
    const here = await place({ ...valid, 'elsewhere/b.png': png(2) });
    await mkdir(join(here.dataDir, 'imagenet/train'));
    await symlink('../../elsewhere', join(here.dataDir, 'imagenet/train/n02'));
    const error = await dataErrorOf(() => load(here));
    expect(error.message).toContain(
      'train should hold images, but it holds n02 -> ../../elsewhere (links to folders',
    );
  });

  const broken = {
    ...valid,
    'imagenet/train/a.png': png(1),
    'imagenet/train/b.png': png(2).subarray(0, 2000),
    'imagenet/train/c.jpg': 'no image',
    'imagenet/train/d.bmp': photoFixture('not-read.bmp'),
    'imagenet/train/e.jpg': photoFixture('ycbcr-420.jpg'),
    'imagenet/train/f.png': png(3),
    'imagenet/valid/w.gif': '',
  };
  const faults = [
    /train, b\.png: it (ends early|is damaged or cut off) \(/,
    /train, c\.jpg: it is no PNG, JPEG/,
    /train, d\.bmp: it is a BMP, which is not read: convert it to PNG\n/,
    /train, e\.jpg: it has 21 x 13 pixels instead of at least 32 x 32\n/,
    /train, gone\.png: it is a link to nowhere \(\/nowhere\)\n/,
    /valid, w\.gif: it is empty\n/,
  ];

  it('lists all images of both splits that cannot be used', async () => {
    const here = await place(broken);
    await symlink('/nowhere', join(here.dataDir, 'imagenet/train/gone.png'));
    const { message } = await dataErrorOf(() => load(here));
    expect(message).toMatch(/^6 images cannot be used:\n/);
    for (const fault of faults) expect(message).toMatch(fault);
    expect(message).toMatch(
      /\nFor each of them remove or convert that file, or leave out .* \(--skip-bad\)\.$/,
    );
  });

  it('shows 20 of many, and how many more', async () => {
    const many = Array.from({ length: 30 }, (_, i) => [`imagenet/train/${i}.png`, 'x']);
    const { message } = await dataErrorOf(async () =>
      load(await place({ ...valid, ...Object.fromEntries(many) })),
    );
    expect(message.match(/train, \d+\.png: /g)).toHaveLength(20);
    expect(message).toMatch(/^30 images .*\n[\s\S]*\n {2}and 10 more\n/);
  });

  it('leaves them out where asked, with a list beside the packed file and in the name', async () => {
    const here = await place(broken);
    await symlink('/nowhere', join(here.dataDir, 'imagenet/train/gone.png'));
    await writeFile(join(here.dataDir, 'imagenet/valid/v2.png'), png(10));
    const { train, valid: held, notes } = await load(here, { skipBad: true });
    expect(Buffer.compare(train.images, pixelsOf(1, 3))).toBe(0);
    expect([train.name, held.name]).toEqual(Array(2).fill('ImageNet sample (6 unusable left out)'));
    const lists = (await readdir(here.cacheDir)).filter((name) => name.endsWith('.left-out.txt')).sort();
    expect(lists).toEqual([expect.stringMatching(/^train-32x32-/), expect.stringMatching(/^valid-32x32-/)]);
    const list = (await readFile(join(here.cacheDir, lists[0]!), 'utf8')).split('\n');
    expect(list.map((line) => line.split('\t')[0])).toEqual([
      'b.png',
      'c.jpg',
      'd.bmp',
      'e.jpg',
      'gone.png',
      '',
    ]);
    expect(notes).toContain(
      `${join(here.dataDir, 'imagenet/train')}: left out, as they cannot be used (5): the list is in ${join(here.cacheDir, lists[0]!)}.`,
    );
    expect((await verifyImageNet({ ...here, skipBad: true })).train.count).toBe(2);
    expect((await dataErrorOf(() => load(here))).message).toMatch(/^6 images cannot be used/);
    expect(await readdir(here.cacheDir)).toHaveLength(4);
  });

  it('says so where nothing is left', async () => {
    const here = await place({ ...valid, 'imagenet/train/a.png': 'x' });
    const error = await dataErrorOf(() => load(here, { skipBad: true }));
    expect(error.message).toContain(
      'should hold images (PNG, JPEG, GIF, WebP, TIFF or AVIF), but all 1 that',
    );
  });

  it('does not open what is no file', async () => {
    const here = await place(valid);
    await mkdir(join(here.dataDir, 'imagenet/train'));
    const { execFileSync } = await import('node:child_process');
    execFileSync('mkfifo', [join(here.dataDir, 'imagenet/train/pipe.png')]);
    await chmod(join(here.dataDir, 'imagenet/train'), 0o755);
    expect((await dataErrorOf(() => load(here))).message).toContain(
      'pipe.png should be an 8-bit RGB image, but it is no file',
    );
  });
});

describe('tar files of photos', () => {
  const tarOf = (seeds: Record<string, Uint8Array | string>) => encodeTar(Object.entries(seeds));

  it.each(['train.TAR', 'train.tgz', 'train.tar.gz', 'ILSVRC2012_img_train.tar'])(
    'are found as %s',
    async (name) => {
      const tar = await tarOf({ './n01/a.png': png(1), './b.png': png(2) });
      const here = await place({ ...valid, [`imagenet/${name}`]: /gz$/.test(name) ? gzipSync(tar) : tar });
      expect(Buffer.compare((await load(here)).train.images, pixelsOf(1, 2))).toBe(0);
    },
  );

  it('may hold links, which are told, and left out where asked', async () => {
    const link = { name: 'c.png', type: 'link', linkname: 'a.png' } as const;
    const tar = await encodeTar([
      ['a.png', png(1)],
      [link, ''],
      ['d.png', png(2)],
    ]);
    const here = await place({ ...valid, 'imagenet/train.tar': tar });
    expect((await dataErrorOf(() => load(here))).message).toContain(
      'c.png should be an 8-bit RGB image, but it is a hard link to a.png',
    );
    const { train } = await load(here, { skipBad: true });
    expect(Buffer.compare(train.images, pixelsOf(1, 2))).toBe(0);
    expect(train.name).toBe('ImageNet sample (1 unusable left out)');
  });

  it('may hold a tar file for each class', async () => {
    const tar = await tarOf({
      'n01.tar': await tarOf({ 'n01_1.png': png(1) }),
      'n02.tar': await tarOf({ 'n02_1.png': png(2), 'x.txt': 'x' }),
    });
    const { train, notes } = await load(await place({ ...valid, 'imagenet/train.tar': tar }));
    expect(Buffer.compare(train.images, pixelsOf(1, 2))).toBe(0);
    expect(notes).toEqual([expect.stringContaining('not those of images (1): n02.tar/x.txt.')]);
  });

  it('count a member that comes twice once, as it comes last, whatever the first was', async () => {
    const tar = await encodeTar([
      ['a.png', 'damaged'],
      ['b.png', png(2)],
      ['./a.png', png(4)],
      ['a.png', png(1)],
    ]);
    const { train, notes } = await load(await place({ ...valid, 'imagenet/train.tar': tar }));
    expect(Buffer.compare(train.images, pixelsOf(2, 1))).toBe(0);
    expect(notes).toEqual([
      expect.stringContaining(
        'there more than once, of which the last is taken, as unpacking does (2): a.png, a.png.',
      ),
    ]);
  });

  it('list their bad members, and leave them out where asked', async () => {
    const tar = await tarOf({ 'a.png': png(1), 'b.png': 'x', 'c.jpg': 'y' });
    const here = await place({ ...valid, 'imagenet/train.tar': tar });
    expect((await dataErrorOf(() => load(here))).message).toMatch(
      /^2 images [\s\S]*train\.tar, b\.png: [\s\S]*c\.jpg: /,
    );
    const { train } = await load(here, { skipBad: true });
    expect([train.count, train.name]).toEqual([1, 'ImageNet sample (2 unusable left out)']);
  });

  it('are never converted where the set is a published one', async () => {
    const grey = encodePng(noise(1024), 32, 32, 1);
    const here = await place({
      'imagenet/train_32x32.tar': await tarOf({ 'train_32x32/a.png': grey }),
      'imagenet/valid_32x32.tar': await tarOf({ 'valid_32x32/a.png': png(1) }),
    });
    expect((await dataErrorOf(() => load(here))).message).toContain('but it is grey');
  });
});
