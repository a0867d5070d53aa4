import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { cacheDir as cacheFolder } from '@pixelrnn/files';
import { defaultDataDir } from '../dataDir.js';
import { DataError } from '../dataError.js';
import { sourceChecksums } from '../fetch/sourceChecksums.js';
import type { DatasetSplits } from '../imageDataset.js';
import { imageNetOptions, parseOptions } from '../options.js';
import { type ImageNetOptions, loadImageNetFiles } from './imageNet.js';
import { type ImageNetFiles, type ImageNetSize, imageNetFiles } from './imageNetFiles.js';
import { findImageNet } from './imageNetSource.js';

/** Where the training images lie in a data folder; undefined where training or validation images are not there. */
export async function locateImageNet(dataDir: string, size: ImageNetSize): Promise<string | undefined> {
  try {
    return (await findImageNet({ dataDir, size, files: imageNetFiles })).train.paths[0];
  } catch (error) {
    if (error instanceof DataError && error.code === 'missing') return undefined;
    throw error;
  }
}

/**
 * Loads small ImageNet, then reads its files anew and compares their SHA-256 with those they had when they were packed, and
 * reads every image of the packed files.
 * @throws DataError
 */
export async function verifyImageNet({
  files = imageNetFiles,
  ...options
}: ImageNetOptions & { files?: ImageNetFiles }): Promise<DatasetSplits> {
  const { dataDir, cacheDir, ...rest } = parseOptions('verifyImageNet', imageNetOptions, options);
  const place = {
    ...rest,
    files,
    dataDir: dataDir ?? defaultDataDir(),
    cacheDir: cacheDir ?? join(cacheFolder(), 'packed'),
  };
  const splits = await loadImageNetFiles(place);
  const sources = await findImageNet(place);
  for (const split of ['train', 'valid'] as const) {
    const source = sources[split];
    const now = await sourceChecksums(source, options.onProgress);
    if (!isDeepStrictEqual(now, { ...splits[split].checksums })) {
      throw new DataError(
        'checksum',
        `${source.paths.join(', ')} should be what was packed, but its content has changed since: touch it, so that it is packed anew, or put the published file there.`,
      );
    }
    for (const batch of splits[split].sequentialBatches(1024)) {
      const bytes = (batch.indices[0]! + batch.indices.length) * splits[split].height ** 2 * 3;
      const total = splits[split].count * splits[split].height ** 2 * 3;
      options.onProgress?.({ stage: 'read', file: `packed ${split} images`, bytes, total });
    }
  }
  return splits;
}
