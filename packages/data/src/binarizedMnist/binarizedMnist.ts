import { join } from 'node:path';
import { Random } from '@pixelrnn/random';
import { defaultDataDir } from '../dataDir.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import { loadMnist } from '../mnist/mnist.js';
import { binarizedMnistOptions, parseOptions } from '../options.js';
import type { OnProgress } from '../progress.js';
import { binarizeImages } from './binarization.js';
import { binarizedMnistFiles } from './binarizedMnistFiles.js';
import { loadFixedBinarizedMnist } from './fixedBinarizedMnist.js';

export interface BinarizedMnistOptions {
  /**
   * `fixed`: the published binarization that the papers' numbers are for, without labels. `seeded`: a static
   * binarization of MNIST by our generator, with labels. `dynamic`: as `seeded`, but training batches are binarized
   * anew in every epoch. Their numbers cannot be compared, so each has its own name.
   */
  kind: 'fixed' | 'seeded' | 'dynamic';
  /**
   * Seed of the static binarization of `seeded` and `dynamic`, 0..2^32-1; 0 when absent, and any other is part of the
   * dataset's name. `fixed` has no randomness and makes no use of it.
   */
  seed?: number | undefined;
  /** The data folder; `defaultDataDir()` when absent. */
  dataDir?: string | undefined;
  /** Whether missing files of `fixed` may be fetched; true when absent. */
  download?: boolean | undefined;
  onProgress?: OnProgress | undefined;
}

const DEFAULT_SEED = 0;

/**
 * Binarized MNIST: 28x28x1 images of 0 and 1, 50,000 / 10,000 / 10,000.
 *
 * - `fixed`: `<dataDir>/binarized-mnist/binarized_mnist_{train,valid,test}.amat` or `.amat.gz`; a missing file is
 *   fetched from Larochelle's address (110 MB in all). Sizes and SHA-256 are verified at every load.
 * - `seeded`: x ~ Bernoulli(intensity / 255), image i of a split from the stream
 *   (seed, 'binarization', split, 'image i').
 * - `dynamic`: `train.batches` draws anew per (seed of the batches, epoch, image); `images` and `sequentialBatches` of
 *   all three splits, and the batches of `valid` and `test`, are those of `seeded`, so evaluation is repeatable.
 *
 * @throws DataError; its code is `network` only where `fixed` could not be had because of the network.
 */
export async function loadBinarizedMnist(options: BinarizedMnistOptions): Promise<DatasetSplits> {
  const { kind, seed, dataDir, download, onProgress } = parseOptions(
    'loadBinarizedMnist',
    binarizedMnistOptions,
    options,
  );
  if (kind !== 'fixed') return binarize(await loadMnist({ dataDir, onProgress }), kind, seed ?? DEFAULT_SEED);
  return loadFixedBinarizedMnist({
    folder: join(dataDir ?? defaultDataDir(), 'binarized-mnist'),
    files: binarizedMnistFiles,
    download: download ?? true,
    onProgress,
  });
}

function binarize(mnist: DatasetSplits, kind: 'seeded' | 'dynamic', seed: number): DatasetSplits {
  const random = new Random(seed).split('binarization');
  const label = `${kind} binarization`;
  const split = (name: keyof DatasetSplits) => {
    const { height, width, channels, images, labels, checksums } = mnist[name];
    return new ImageDataset({
      name: `binarized MNIST (${label}${seed === DEFAULT_SEED ? '' : `, seed ${seed}`})`,
      kind,
      levels: 2,
      height,
      width,
      channels,
      images: binarizeImages(images, height * width * channels, random.split(name)),
      labels,
      checksums,
      greyImages: kind === 'dynamic' && name === 'train' ? images : undefined,
    });
  };
  return { train: split('train'), valid: split('valid'), test: split('test') };
}
