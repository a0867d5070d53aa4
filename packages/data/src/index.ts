export { type BinarizedMnistOptions, loadBinarizedMnist } from './binarizedMnist/binarizedMnist.js';
export { type CatalogEntry, type CatalogOptions, catalog } from './catalog.js';
export { type Cifar10Options, loadCifar10 } from './cifar10/cifar10.js';
export { cifar10Classes } from './cifar10/cifar10Files.js';
export { defaultDataDir } from './dataDir.js';
export { DataError, type DataErrorCode } from './dataError.js';
export {
  type Batch,
  type BatchOptions,
  type DatasetSplits,
  ImageDataset,
} from './imageDataset.js';
export type { DatasetKind, ImageDatasetOptions } from './imageDatasetOptions.js';
export { type ImageNetOptions, loadImageNet } from './imageNet/imageNet.js';
export type { ImageNetKind } from './imageNet/imageNetSource.js';
export type { ImageStore, Labels } from './imageStore.js';
export { loadMnist, type MnistOptions } from './mnist/mnist.js';
export { loadOwnImages, type OwnImagesOptions } from './ownImages/ownImages.js';
export type { DataProgress, OnNote, OnProgress } from './progress.js';
