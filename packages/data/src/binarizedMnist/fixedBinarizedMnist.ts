import { findFile } from '../dataDir.js';
import { DataError } from '../dataError.js';
import { type DownloadOptions, download } from '../fetch/download.js';
import { readVerified } from '../fetch/verifiedFile.js';
import { AmatParser } from '../formats/amat.js';
import { type DatasetSplits, ImageDataset } from '../imageDataset.js';
import type { OnProgress } from '../progress.js';
import type { AmatFile, BinarizedMnistFiles } from './binarizedMnistFiles.js';

interface FixedSource {
  folder: string;
  files: BinarizedMnistFiles;
  /** Whether a missing file may be fetched. */
  download: boolean;
  onProgress?: OnProgress | undefined;
  /** How requests are made: times and numbers of tries. */
  network?: Pick<DownloadOptions, 'attempts' | 'pauseMilliseconds' | 'stallMilliseconds'>;
}

/**
 * The fixed binarization from `folder`, whose missing files are fetched first.
 * @throws DataError
 */
export async function loadFixedBinarizedMnist(source: FixedSource): Promise<DatasetSplits> {
  const paths = {
    train: await provide(source, source.files.train),
    valid: await provide(source, source.files.valid),
    test: await provide(source, source.files.test),
  };
  return {
    train: await readSplit(source, source.files.train, paths.train),
    valid: await readSplit(source, source.files.valid, paths.valid),
    test: await readSplit(source, source.files.test, paths.test),
  };
}

/**
 * The path of the training file, where all three files are there; undefined where none is.
 * @throws DataError `missing` that names those that are missing where others are there, and `unreadable`
 */
export async function locateFixedBinarizedMnist({
  folder,
  files,
}: Pick<FixedSource, 'folder' | 'files'>): Promise<string | undefined> {
  const names = [files.train, files.valid, files.test].map(({ name }) => name);
  const paths = await Promise.all(names.map((name) => findFile(folder, name)));
  const missing = names.filter((_, i) => !paths[i]);
  if (missing.length === 0 || missing.length === names.length) return paths[0];
  throw new DataError(
    'missing',
    `${folder} should hold all three files of binarized MNIST, but it lacks ${missing.join(', ')}: fetch what is missing, or put it there.`,
  );
}

async function provide(
  { folder, onProgress, network, ...source }: FixedSource,
  file: AmatFile,
): Promise<string> {
  const path = await findFile(folder, file.name);
  if (path) return path;
  if (source.download) return download({ file, folder, onProgress, ...network });
  throw new DataError(
    'missing',
    `${file.name} (or ${file.name}.gz) was expected in ${folder}, but it is not there: allow the download or put the file there.`,
  );
}

async function readSplit({ onProgress }: FixedSource, file: AmatFile, path: string): Promise<ImageDataset> {
  const parser = new AmatParser(path, file.rows, file.height * file.width);
  await readVerified({
    path,
    spec: file,
    remedy: 'delete the file, so that it is fetched again, or put the published file there',
    onProgress,
    consume: (chunk) => parser.write(chunk),
  });
  return new ImageDataset({
    name: 'binarized MNIST (fixed)',
    kind: 'fixed',
    levels: 2,
    height: file.height,
    width: file.width,
    channels: 1,
    images: parser.end(),
    checksums: { [file.name]: file.sha256 },
  });
}
