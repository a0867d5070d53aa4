import { basename, join, resolve } from 'node:path';
import { cacheDir as cacheFolder } from '@pixelrnn/files';
import { Random } from '@pixelrnn/random';
import { DataError } from '../dataError.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import { type ImageStore, storeOf } from '../imageStore.js';
import { ownImagesOptions, parseOptions } from '../options.js';
import { type BadImage, badImagesError } from '../packed/badImages.js';
import type { PackedStore } from '../packed/packedStore.js';
import { imageRemedies, openOrPack, packedPath } from '../packed/packImages.js';
import type { OnNote, OnProgress } from '../progress.js';
import { findOwnImages, type OwnSources } from './ownImagesSource.js';

export interface OwnImagesOptions {
  /** A folder of images, or of the folders `train`, `valid` (or `val`) and, where there is one, `test`. */
  folder: string;
  /** Height and width; larger images are cropped to the square in their middle and reduced by a box filter. 1..4096 */
  size: number;
  /** 2..256, evenly quantised (`ImageDataset.quantised`); 256 when absent. */
  levels?: number | undefined;
  /** One channel, the luma of ITU-R BT.601, instead of RGB; false when absent. */
  grey?: boolean | undefined;
  /** Seed of the split, where the folder is not split already; 0 when absent, and any other is part of the dataset's name. */
  seed?: number | undefined;
  /** Leaves out images that are damaged or too small, with a list of them beside the packed file; false when absent. */
  skipBad?: boolean | undefined;
  /** Where packed files go; `packed` in the user's cache folder when absent. */
  cacheDir?: string | undefined;
  onProgress?: OnProgress | undefined;
  /** Takes sentences about what was converted or left out, when images are packed; `console.warn` when absent. */
  onNote?: OnNote | undefined;
}

/** The share of the images that is held out for `valid`, and again for `test`. */
const HELD_OUT = 0.1;

/**
 * A user's own images, of any usual format and size, as 8-bit sRGB (`readPhoto`), in the order of their paths.
 *
 * - With folders `train` and `valid`, those are the splits; `test` is the folder of that name, else the validation images.
 * - With `train` and `test` alone, a tenth of the training images is `valid`, by the seed.
 * - Else a tenth of all images is `valid` and another `test`, by the seed: whichever come first in a permutation drawn
 *   from the stream (seed, 'own images', 'split').
 *
 * The first load packs the images into the cache folder, one file for any number of levels; later ones open that.
 * @throws DataError `missing`, `unreadable`, `usage`; `format` with all images that cannot be used
 */
export async function loadOwnImages(options: OwnImagesOptions): Promise<DatasetSplits> {
  const parsed = parseOptions('loadOwnImages', ownImagesOptions, options);
  const folder = resolve(parsed.folder);
  const sources = await findOwnImages(folder, parsed.onNote ?? console.warn);
  const stores = await packAll(sources, parsed);
  const { splits, drawn } = splitStores(stores, folder, parsed.seed ?? 0);

  const { size, grey = false, seed = 0, levels = 256 } = parsed;
  const packed = Object.values(stores);
  const leftOut = packed.reduce((sum, { footer }) => sum + footer.leftOut, 0);
  const name = [
    `images of ${basename(folder)}, ${size}x${size}`,
    grey ? ', grey' : '',
    drawn && seed !== 0 ? `, split by seed ${seed}` : '',
    leftOut > 0 ? ` (${leftOut} unusable left out)` : '',
  ].join('');
  const checksums = Object.assign({}, ...packed.map(({ footer }) => footer.checksums)) as Record<
    string,
    string
  >;
  const dataset = (images: ImageStore) =>
    new ImageDataset({
      ...{ name, kind: 'own', levels: 256, height: size, width: size, channels: grey ? 1 : 3 },
      images,
      checksums,
    }).quantised(levels);
  const valid = dataset(splits.valid);
  const test = splits.test === splits.valid ? valid : dataset(splits.test);
  return { train: dataset(splits.train), valid, test };
}

type Stores = { all: PackedStore } | { train: PackedStore; valid?: PackedStore; test?: PackedStore };

async function packAll(sources: OwnSources, options: OwnImagesOptions): Promise<Stores> {
  const { size, grey = false, skipBad, onProgress, onNote } = options;
  const cacheDir = options.cacheDir ?? join(cacheFolder(), 'packed');
  const channels = grey ? 1 : 3;
  const stores: Record<string, PackedStore> = {};
  const bad: BadImage[] = [];
  for (const [split, source] of Object.entries(sources)) {
    const path = packedPath(cacheDir, source, size, channels);
    const store = await openOrPack({ source, size, channels, path, skipBad, onProgress, onNote });
    if (Array.isArray(store)) bad.push(...store);
    else stores[split] = store;
  }
  if (bad.length > 0) throw badImagesError(bad, imageRemedies.folder);
  return stores as Stores;
}

/** @returns `drawn` tells whether the seed had a part in it. */
function splitStores(
  stores: Stores,
  folder: string,
  seed: number,
): { splits: Record<'train' | 'valid' | 'test', ImageStore>; drawn: boolean } {
  if ('train' in stores) {
    const { train, valid, test } = stores;
    if (valid) return { splits: { train, valid, test: test ?? valid }, drawn: false };
    const [held, rest] = draw(train, 1, folder, seed);
    return { splits: { train: rest!, valid: held!, test: test! }, drawn: true };
  }
  const [valid, test, train] = draw(stores.all, 2, folder, seed);
  return { splits: { train: train!, valid: valid!, test: test! }, drawn: true };
}

/** So many parts of a tenth of the images, at least one, and then the rest; each in the order of the images. */
function draw(store: ImageStore, parts: number, folder: string, seed: number): ImageStore[] {
  if (store.count <= parts) {
    throw new DataError(
      'usage',
      `${folder} should hold at least ${parts + 1} images, to be split, but it holds ${store.count}: add some.`,
    );
  }
  const order = Uint32Array.from(new Random(seed, ['own images', 'split']).permutation(store.count));
  const held = Math.max(1, Math.round(HELD_OUT * store.count));
  return Array.from({ length: parts + 1 }, (_, part) => {
    const end = part === parts ? store.count : (part + 1) * held;
    return storeOf(store, order.slice(part * held, end).sort());
  });
}
