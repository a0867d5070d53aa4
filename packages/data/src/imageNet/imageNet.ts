import type { open } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDir as cacheFolder } from '@pixelrnn/files';
import { defaultDataDir } from '../dataDir.js';
import { DataError } from '../dataError.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import { imageNetOptions, parseOptions } from '../options.js';
import { type BadImage, badImagesError } from '../packed/badImages.js';
import type { ImageSource } from '../packed/imageSource.js';
import type { PackedFooter } from '../packed/packedFile.js';
import type { PackedStore } from '../packed/packedStore.js';
import { imageRemedies, openOrPack, packedPath } from '../packed/packImages.js';
import type { OnNote, OnProgress } from '../progress.js';
import { type ImageNetFiles, type ImageNetSize, type ImageNetSplit, imageNetFiles } from './imageNetFiles.js';
import { findImageNet, type ImageNetKind, type ImageNetPlace } from './imageNetSource.js';

export interface ImageNetOptions {
  /** Height and width of the images. */
  size: ImageNetSize;
  /** What must be loaded, else it is an error; whatever is there when absent. */
  kind?: ImageNetKind | undefined;
  /** The data folder; `defaultDataDir()` when absent. */
  dataDir?: string | undefined;
  /** The folder of the images, in the data folder or absolute; `imagenet`, else `imagenet-sample` when absent. */
  folder?: string | undefined;
  /** Where packed files go; `packed` in the user's cache folder when absent. */
  cacheDir?: string | undefined;
  /**
   * Leaves out images that are damaged or too small, which are an error else. They are listed beside the packed file, and
   * how many they are is part of the dataset's name. false when absent.
   */
  skipBad?: boolean | undefined;
  onProgress?: OnProgress | undefined;
  /** Takes sentences about what was converted or left out, when images are packed; `console.warn` when absent. */
  onNote?: OnNote | undefined;
}

/**
 * Downsampled ImageNet, 32x32x3 or 64x64x3, 256 levels. What is found decides its name, so that no table mixes them:
 *
 * - `small ImageNet (van den Oord et al.)`, kind `original`: `train_32x32.tar` and `valid_32x32.tar` (or 64x64) with the
 *   published checksums and 1,281,149 / 49,999 images. No labels.
 * - `ImageNet 32x32, resampled`, kind `resampled`: `Imagenet32_train_npz.zip` and `Imagenet32_val_npz.zip` with the published
 *   checksums and 1,281,167 / 50,000 images; labels 0..999. Its likelihoods are easier.
 * - `ImageNet sample`, kind `sample`: any other file in these formats, or a tar file or folder `train` and `valid` of
 *   images of any usual kind, which are made 8-bit sRGB, upright, centre-cropped and reduced by a box filter.
 *
 * `valid` and `test` are both the validation images: the papers report on them, and there are no others.
 *
 * The first load decodes every image into a packed file (count x size x size x 3 bytes) in the cache folder; later ones
 * open that in well under a second and read the images from it as they are needed.
 * @throws DataError
 */
export async function loadImageNet(options: ImageNetOptions): Promise<DatasetSplits> {
  const { dataDir, cacheDir, ...rest } = parseOptions('loadImageNet', imageNetOptions, options);
  return loadImageNetFiles({
    ...rest,
    dataDir: dataDir ?? defaultDataDir(),
    cacheDir: cacheDir ?? join(cacheFolder(), 'packed'),
    files: imageNetFiles,
  });
}

interface Place extends ImageNetPlace {
  cacheDir: string;
  skipBad?: boolean | undefined;
  onProgress?: OnProgress | undefined;
  onNote?: OnNote | undefined;
  openFile?: typeof open;
}

/** `loadImageNet` from given folders and with given file specifications. */
export async function loadImageNetFiles(place: Place): Promise<DatasetSplits> {
  const { size, kind } = place;
  const sources = await findImageNet(place);
  const train = await loadSplit(place, 'train', sources.train);
  // An archive that should be exact is fetched again; of photos all that are bad are told at once.
  if ('bad' in train && sources.train.exact)
    throw badImagesError(train.bad, imageRemedies[sources.train.kind]);
  const valid = await loadSplit(place, 'valid', sources.valid);
  if ('bad' in train || 'bad' in valid) {
    const bad = [train, valid].flatMap((split) => ('bad' in split ? split.bad : []));
    const { kind: form } = 'bad' in train ? sources.train : sources.valid;
    throw badImagesError(bad, imageRemedies[form]);
  }
  const kinds = [train.kind, valid.kind];
  if (kinds[0] !== kinds[1] || (kind && kind !== kinds[0])) {
    throw new DataError(
      'format',
      `${kind ? `The ${names[kind](size)}` : 'The same version of ImageNet for training and validation'} was expected, but ${train.path} is '${names[train.kind](size)}' and ${valid.path} is '${names[valid.kind](size)}': put files of one version there.`,
    );
  }
  const leftOut = train.store.footer.leftOut + valid.store.footer.leftOut;
  const name = names[train.kind](size) + (leftOut > 0 ? ` (${leftOut} unusable left out)` : '');
  const dataset = ({ store }: LoadedSplit) =>
    new ImageDataset({
      name,
      kind: train.kind,
      levels: 256,
      height: size,
      width: size,
      channels: 3,
      images: store,
      labels: store.labels,
      checksums: store.footer.checksums,
    });
  const held = dataset(valid);
  return { train: dataset(train), valid: held, test: held };
}

const names: Record<ImageNetKind, (size: ImageNetSize) => string> = {
  original: () => 'small ImageNet (van den Oord et al.)',
  resampled: (size) => `ImageNet ${size}x${size}, resampled`,
  sample: () => 'ImageNet sample',
};

interface LoadedSplit {
  store: PackedStore;
  kind: ImageNetKind;
  path: string;
}

async function loadSplit(
  place: Place,
  split: ImageNetSplit,
  source: ImageSource,
): Promise<LoadedSplit | { bad: BadImage[] }> {
  const { size, files, cacheDir, skipBad, onProgress, onNote, openFile } = place;
  const path = packedPath(cacheDir, source, size, 3);
  const store = await openOrPack({ source, size, path, skipBad, onProgress, onNote, openFile });
  if (Array.isArray(store)) return { bad: store };
  return { store, kind: kindOf(store.footer, { size, split, files }), path: source.paths[0]! };
}

function kindOf(
  { count, checksums }: PackedFooter,
  { size, split, files }: { size: ImageNetSize; split: ImageNetSplit; files: ImageNetFiles },
): ImageNetKind {
  for (const kind of ['original', 'resampled'] as const) {
    const published = files[kind][size][split];
    const same = published.files.every(({ name, sha256 }) => checksums[name] === sha256);
    if (same && count === published.count) return kind;
  }
  return 'sample';
}
