import { join } from 'node:path';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultDataDir, findFile } from '../dataDir.js';
import type { DatasetSplits } from '../imageDataset.js';
import { loadMnist } from '../mnist/mnist.js';
import { dataErrorOf, specOf } from '../testing/samples.js';
import { loadBinarizedMnist } from './binarizedMnist.js';
import { binarizedMnistFiles } from './binarizedMnistFiles.js';

const splitNames = ['train', 'valid', 'test'] as const;

function mean(values: Uint8Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

describe('fixed', () => {
  // The real files are 3 MB gzipped and not part of the repository: this test reads them where the data folder has
  // them, and elsewhere tests that their absence is said.
  it('is the published binarization, or says what is missing', async () => {
    const folder = join(defaultDataDir(), 'binarized-mnist');
    const paths = await Promise.all(
      splitNames.map((name) => findFile(folder, binarizedMnistFiles[name].name)),
    );
    const load = () => loadBinarizedMnist({ kind: 'fixed', download: false });
    const absent = splitNames.find((_, i) => !paths[i]);
    if (absent) {
      const error = await dataErrorOf(load);
      expect(error.code).toBe('missing');
      expect(error.message).toContain(`binarized_mnist_${absent}.amat`);
      return;
    }
    const { train, valid, test } = await load();
    expect([train.count, valid.count, test.count]).toEqual([50_000, 10_000, 10_000]);
    // Counted in the published texts with another program.
    expect([train, valid, test].map(({ images }) => Math.round(mean(images) * images.length))).toEqual([
      5118041, 1028036, 1038896,
    ]);
    for (const split of [train, valid, test]) {
      expect([split.name, split.kind, split.levels]).toEqual(['binarized MNIST (fixed)', 'fixed', 2]);
      expect([split.height, split.width, split.channels, split.labels]).toEqual([28, 28, 1, undefined]);
    }
    expect(train.checksums).toEqual({
      'binarized_mnist_train.amat': 'ad693b29f94c14277b095f5238ddefbbdaaae0939789dd2f4f0205278cee3e4d',
    });
  });

  it('has the published sizes, 110 MB in all', () => {
    expect(splitNames.map((name) => binarizedMnistFiles[name].bytes)).toEqual([
      78_400_000, 15_680_000, 15_680_000,
    ]);
    expect(binarizedMnistFiles.valid.url).toBe(
      'http://www.cs.toronto.edu/~larocheh/public/datasets/binarized_mnist/binarized_mnist_valid.amat',
    );
  });
});

describe('seeded and dynamic', () => {
  let mnist: DatasetSplits;
  let seeded: DatasetSplits;
  let dynamic: DatasetSplits;

  beforeAll(async () => {
    mnist = await loadMnist();
    seeded = await loadBinarizedMnist({ kind: 'seeded' });
    dynamic = await loadBinarizedMnist({ kind: 'dynamic' });
  });

  it('keep counts, labels and checksums of MNIST', () => {
    for (const splits of [seeded, dynamic]) {
      for (const name of splitNames) {
        expect(splits[name].count).toBe(mnist[name].count);
        expect(splits[name].labels).toEqual(mnist[name].labels);
        expect(splits[name].checksums).toEqual(mnist[name].checksums);
        expect(splits[name].levels).toBe(2);
      }
    }
  });

  it('have names of their own', async () => {
    expect([seeded.train.name, seeded.train.kind]).toEqual([
      'binarized MNIST (seeded binarization)',
      'seeded',
    ]);
    expect([dynamic.test.name, dynamic.test.kind]).toEqual([
      'binarized MNIST (dynamic binarization)',
      'dynamic',
    ]);
    const other = await loadBinarizedMnist({ kind: 'seeded', seed: 5 });
    expect(other.valid.name).toBe('binarized MNIST (seeded binarization, seed 5)');
    expect(Buffer.compare(other.valid.images, seeded.valid.images)).not.toBe(0);
  });

  it('have as many ones as the grey levels promise', () => {
    for (const name of splitNames) {
      const { images } = mnist[name];
      let expected = 0;
      let variance = 0;
      for (const value of images) {
        const p = value / 255;
        expected += p;
        variance += p * (1 - p);
      }
      const ones = mean(seeded[name].images) * images.length;
      expect(Math.abs(ones - expected)).toBeLessThan(4 * Math.sqrt(variance)); // 4 standard errors
    }
  });

  it('share their static images, and train the dynamic one on others in every epoch', () => {
    for (const name of splitNames) {
      expect(Buffer.compare(dynamic[name].images, seeded[name].images)).toBe(0);
    }
    const small = dynamic.train.subset(20);
    const batches = small.batches({ batchSize: 20, seed: 1 });
    const epochs = [batches.next().value, batches.next().value].map(({ indices, intensities }) => {
      const position = indices.indexOf(0);
      return intensities.subarray(position * 784, (position + 1) * 784).join('');
    });
    expect(new Set([...epochs, small.images.subarray(0, 784).join('')]).size).toBe(3);
    const two = dynamic.test.subset(2);
    const held = two.batches({ batchSize: 2, seed: 1 }).next().value;
    for (const [i, index] of held.indices.entries()) {
      expect(held.intensities.subarray(784 * i, 784 * (i + 1))).toEqual(
        two.images.subarray(784 * index, 784 * (index + 1)),
      );
    }
  });

  it('never change for the default seed', () => {
    // Results of two versions may share a label only while these images are the same; the one of the test split was
    // also worked out with a separate program.
    expect(splitNames.map((name) => specOf('', seeded[name].images).sha256.slice(0, 16))).toEqual([
      'ba316ba922c79730',
      '724416c70bd60751',
      'eadd90e4bf366911',
    ]);
  });
});

describe('options', () => {
  it.each([
    [{}, 'kind'],
    [{ kind: 'static' }, 'kind'],
    [{ kind: 'seeded', seed: -1 }, 'seed'],
    [{ kind: 'seeded', seed: 1.5 }, 'seed'],
    [{ kind: 'fixed', download: 'no' }, 'download'],
    [{ kind: 'fixed', dataDir: 3 }, 'dataDir'],
    [{ kind: 'fixed', onProgress: true }, 'onProgress'],
    [{ kind: 'fixed', dir: '/tmp' }, 'dir'],
  ])('refuses %j', async (options, named) => {
    const error = await dataErrorOf(() => loadBinarizedMnist(options as { kind: 'fixed' }));
    expect(error.code).toBe('usage');
    expect(error.message).toContain(named);
  });

  it('takes the data folder from the option', async () => {
    const dataDir = await temporaryFolder();
    const error = await dataErrorOf(() => loadBinarizedMnist({ kind: 'fixed', dataDir, download: false }));
    expect(error.code).toBe('missing');
    expect(error.message).toContain(join(dataDir, 'binarized-mnist'));
  });
});
