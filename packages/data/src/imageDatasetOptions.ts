import { DataError } from './dataError.js';
import type { ImageStore, Labels } from './imageStore.js';

const datasetKinds = ['original', 'fixed', 'seeded', 'dynamic', 'resampled', 'sample', 'own'] as const;

/**
 * `original` is the pixels as published with the papers; `fixed`, `seeded` and `dynamic` are the ways MNIST is binarized;
 * `resampled` and `sample` are other versions of small ImageNet; `own` are a user's images. Their numbers never mix.
 */
export type DatasetKind = (typeof datasetKinds)[number];

export interface ImageDatasetOptions {
  name: string;
  kind: DatasetKind;
  /** 2..256 */
  levels: number;
  height: number;
  width: number;
  channels: number;
  /** [N, H, W, C], 0..levels-1, in memory or elsewhere */
  images: Uint8Array | ImageStore;
  /** [N] */
  labels?: Labels | undefined;
  /** SHA-256 of each file the images came from, by file name. */
  checksums?: Record<string, string>;
  /** [N, H, W, C], 0..255: training batches are drawn anew from these in every epoch. Only with 2 levels. */
  greyImages?: Uint8Array | undefined;
}

/** @throws DataError `usage` that names the first option that is not of its type or range. */
export function checkTypes(options: ImageDatasetOptions): void {
  const { name, kind, levels, images, labels, greyImages }: Partial<ImageDatasetOptions> = options ?? {};
  const named = typeof name === 'string' && name !== '';
  const expect = (holds: boolean, what: string, expected: string, came: unknown) => {
    if (holds) return;
    const label = named ? name : 'ImageDataset';
    throw new DataError(
      'usage',
      `${label}: ${what} should be ${expected}, but ${shown(came)} came: correct it.`,
    );
  };
  expect(named, 'name', 'a word or more, shown beside its numbers', name);
  expect(datasetKinds.includes(kind as DatasetKind), 'kind', `one of ${datasetKinds.join(', ')}`, kind);
  expect(isCount(levels) && levels >= 2 && levels <= 256, 'levels', 'an integer from 2 to 256', levels);
  for (const size of ['height', 'width', 'channels'] as const) {
    expect(isCount(options[size]), size, 'an integer above 0', options[size]);
  }
  const isImages = images instanceof Uint8Array || isStore(images);
  expect(isImages, 'images', 'a Uint8Array or an ImageStore', images);
  const isLabels = !labels || labels instanceof Uint8Array || labels instanceof Uint16Array;
  expect(isLabels, 'labels', 'a Uint8Array or a Uint16Array', labels);
  expect(!greyImages || greyImages instanceof Uint8Array, 'greyImages', 'a Uint8Array', greyImages);
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) > 0;

const isStore = (value: unknown): value is ImageStore => {
  const { count, read } = (value ?? {}) as Partial<ImageStore>;
  return isCount(count) && typeof read === 'function';
};

/** A value as an error names it: a number, a quoted text, the class of an object. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? (value.constructor?.name ?? 'Object') : String(value);
}
