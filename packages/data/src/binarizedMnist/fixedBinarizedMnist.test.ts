import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import { fakeServer, status } from '../testing/fakeServer.js';
import { dataErrorOf, encodeAmat, specOf } from '../testing/samples.js';
import type { AmatFile, BinarizedMnistFiles } from './binarizedMnistFiles.js';
import { loadFixedBinarizedMnist, locateFixedBinarizedMnist } from './fixedBinarizedMnist.js';

const names = ['train', 'valid', 'test'] as const;
const pixels = {
  train: Uint8Array.of(0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1),
  valid: Uint8Array.of(1, 0, 1, 0),
  test: Uint8Array.of(0, 0, 0, 1),
};
const texts = {
  train: encodeAmat(pixels.train, 4),
  valid: encodeAmat(pixels.valid, 4),
  test: encodeAmat(pixels.test, 4),
};

function filesAt(url: string): BinarizedMnistFiles {
  const file = (split: (typeof names)[number]): AmatFile => ({
    ...specOf(`${split}.amat`, texts[split]),
    url: `${url}${split}.amat`,
    rows: pixels[split].length / 4,
    height: 2,
    width: 2,
  });
  return { train: file('train'), valid: file('valid'), test: file('test') };
}

/** Serves the three texts by their names. */
const server = () =>
  fakeServer((request, response) => {
    response.end(texts[request.url!.slice(1).replace('.amat', '') as keyof typeof texts]);
  });

const nowhere = filesAt('http://127.0.0.1:1/');

describe('loadFixedBinarizedMnist', () => {
  it('fetches what is missing once and then reads it from the folder', async () => {
    const { url, ranges } = await server();
    const folder = join(await temporaryFolder(), 'binarized-mnist');
    for (let run = 0; run < 2; run++) {
      const splits = await loadFixedBinarizedMnist({ folder, files: filesAt(url), download: true });
      for (const name of names) {
        expect([...splits[name].images]).toEqual([...pixels[name]]);
        expect(splits[name].checksums).toEqual({ [`${name}.amat`]: specOf('', texts[name]).sha256 });
        expect(splits[name].labels).toBeUndefined();
      }
      expect([splits.train.name, splits.train.kind, splits.train.levels]).toEqual([
        'binarized MNIST (fixed)',
        'fixed',
        2,
      ]);
    }
    expect(ranges).toHaveLength(3);
    expect((await readdir(folder)).sort()).toEqual(['test.amat', 'train.amat', 'valid.amat']);
  });

  it('uses the files that are there, plain or gzipped, and asks for no other', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'train.amat.gz'), gzipSync(texts.train));
    await writeFile(join(folder, 'valid.amat'), texts.valid);
    await writeFile(join(folder, 'test.amat.gz'), gzipSync(texts.test));
    const splits = await loadFixedBinarizedMnist({ folder, files: nowhere, download: true });
    expect([splits.train.count, splits.valid.count, splits.test.count]).toEqual([3, 1, 1]);
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('refuses a half-downloaded or changed file that lies there, and leaves it for the user', async () => {
    const folder = await temporaryFolder();
    const { url } = await server();
    await loadFixedBinarizedMnist({ folder, files: filesAt(url), download: true });
    await writeFile(join(folder, 'valid.amat'), texts.valid.subarray(0, 5));
    const truncated = await dataErrorOf(() =>
      loadFixedBinarizedMnist({ folder, files: nowhere, download: true }),
    );
    expect(truncated.code).toBe('truncated');
    expect(truncated.message).toContain('delete the file, so that it is fetched again');
    await writeFile(join(folder, 'valid.amat'), '1 1 1 1\n');
    const changed = await dataErrorOf(() =>
      loadFixedBinarizedMnist({ folder, files: nowhere, download: true }),
    );
    expect(changed.code).toBe('checksum');
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('tells missing files, no network and an unwritable folder apart', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'file'), '');
    const { url } = await fakeServer(status(404));
    const codes: string[] = [];
    for (const [folder, files, download] of [
      [join(root, 'data'), nowhere, false],
      [join(root, 'data'), filesAt(url), true],
      [join(root, 'file'), filesAt(url), true],
    ] as const) {
      codes.push((await dataErrorOf(() => loadFixedBinarizedMnist({ folder, files, download }))).code);
    }
    expect(codes).toEqual(['missing', 'network', 'unwritable']);
  });

  it('survives two loads at once', async () => {
    const { url } = await server();
    const folder = await temporaryFolder();
    await mkdir(folder, { recursive: true });
    const load = () => loadFixedBinarizedMnist({ folder, files: filesAt(url), download: true });
    for (const splits of await Promise.all([load(), load()])) expect(splits.train.count).toBe(3);
    expect(await readdir(folder)).toHaveLength(3);
  });
});

describe('locateFixedBinarizedMnist', () => {
  it.each([
    [['train.amat'], 'valid.amat, test.amat'],
    [['valid.amat', 'test.amat.gz'], 'train.amat'],
  ])('says what is missing beside %j', async (there, missing) => {
    const folder = await temporaryFolder();
    for (const name of there) await writeFile(join(folder, name), '1\n');
    const error = await dataErrorOf(() => locateFixedBinarizedMnist({ folder, files: nowhere }));
    expect(error.code).toBe('missing');
    expect(error.message).toBe(
      `${folder} should hold all three files of binarized MNIST, but it lacks ${missing}: fetch what is missing, or put it there.`,
    );
  });

  it('finds all three files, or none', async () => {
    const folder = await temporaryFolder();
    expect(await locateFixedBinarizedMnist({ folder, files: nowhere })).toBeUndefined();
    for (const name of ['train.amat.gz', 'valid.amat', 'test.amat']) await writeFile(join(folder, name), '');
    expect(await locateFixedBinarizedMnist({ folder, files: nowhere })).toBe(join(folder, 'train.amat.gz'));
  });
});
