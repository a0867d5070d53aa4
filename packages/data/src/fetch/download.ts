import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cellSignal, countedProgress, inNotebook } from '@pixelrnn/cell';
import { throughProxy } from '@pixelrnn/files';
import { DataError } from '../dataError.js';
import { onDisk } from '../onDisk.js';
import type { OnProgress } from '../progress.js';
import { FetchFailure, fetchInto } from './fetchInto.js';
import { claimPart, releasePart } from './partFile.js';
import { type FileSpec, readVerified } from './verifiedFile.js';

/** A published file and the address it is fetched from. */
export interface RemoteFile extends FileSpec {
  url: string;
}

export interface DownloadOptions {
  file: RemoteFile;
  folder: string;
  /** In a notebook, by default, a line that changes in place. */
  onProgress?: OnProgress | undefined;
  /** A request is given up after this long without a byte; 30,000 when absent. */
  stallMilliseconds?: number;
  /** Requests before giving up; 3 when absent. */
  attempts?: number;
  /** Pause before the next request; 1,000 when absent. */
  pauseMilliseconds?: number;
  /** Ends the download by throwing the signal's reason; what was fetched stays. In a notebook, that of the cell by default. */
  signal?: AbortSignal | undefined;
  /** Opens the part file; `open` of node:fs/promises when absent. */
  openFile?: typeof open;
}

/**
 * Fetches a file into `folder`: into a part file of this call's own, resumed where an earlier run or a broken
 * connection left off, verified by size and SHA-256, then renamed. A file under its final name is always whole.
 * @returns The path.
 * @throws DataError `network`, `unwritable` (what was fetched stays for a later run) or `checksum` (nothing stays).
 */
export async function download({ signal = cellSignal(), ...given }: DownloadOptions): Promise<string> {
  const options = { ...given, signal };
  if (options.onProgress || !inNotebook()) return fetchVerified(options);
  const line = countedProgress([`${options.file.name}:`, 'MB']);
  try {
    const onProgress: OnProgress = ({ bytes, total }) => line.update(bytes / 1e6, total / 1e6);
    return await fetchVerified({ ...options, onProgress });
  } finally {
    line.end();
  }
}

async function fetchVerified(options: DownloadOptions): Promise<string> {
  const { file, folder } = options;
  const final = join(folder, file.name);
  const { path, resumed } = await onDisk(target(options), async () => {
    await mkdir(folder, { recursive: true });
    return claimPart(folder, file.name);
  });
  try {
    await complete(options, path);
    // Content that an earlier run left may be at fault: without it the file gets a second chance.
    if (!(await verify(options, path, resumed))) {
      await onDisk(target(options), () => rm(path));
      await complete(options, path);
      await verify(options, path, false);
    }
    await onDisk(target(options), () => rename(path, final));
  } catch (error) {
    const wrong = error instanceof DataError && error.code === 'checksum';
    const cleanUp = wrong ? rm(path, { force: true }) : releasePart(folder, file.name, path);
    // The first error says more than one of the clean-up; no part file is trusted without its checksum.
    await cleanUp.catch(() => undefined);
    throw error;
  }
  return final;
}

const target = ({ file, folder }: DownloadOptions) => ({ name: file.name, bytes: file.bytes, folder });

/** Fetches until the part file has the size it should have. */
async function complete(options: DownloadOptions, path: string): Promise<void> {
  const {
    file,
    folder,
    onProgress,
    stallMilliseconds = 30_000,
    attempts = 3,
    pauseMilliseconds = 1000,
    signal,
  } = options;
  const { url, name, bytes } = file;
  for (let attempt = 1; ; attempt++) {
    try {
      await withPart(options, path, (handle) =>
        fetchInto(handle, {
          url,
          bytes,
          stallMilliseconds,
          signal,
          onBytes: (have) => onProgress?.({ stage: 'download', file: name, bytes: have, total: bytes }),
        }),
      );
      return;
    } catch (error) {
      if (!(error instanceof FetchFailure)) throw error;
      signal?.throwIfAborted();
      if (!error.again || attempt >= attempts) {
        throw new DataError(
          'network',
          `${name} (${bytes} bytes) should come from ${url}${throughProxy(url)}, but ${error.message}: ` +
            `check the connection and run again (what was fetched is resumed), or put the file into ${folder}.`,
          { cause: error },
        );
      }
    }
    await pause(pauseMilliseconds, undefined, { signal }).catch(() => signal?.throwIfAborted());
  }
}

/** Runs `work` with the part file opened for appending, and has its content on the disk afterwards. */
async function withPart(
  options: DownloadOptions,
  path: string,
  work: (handle: Awaited<ReturnType<typeof open>>) => Promise<void>,
): Promise<void> {
  await onDisk(target(options), async () => {
    const handle = await (options.openFile ?? open)(path, 'a');
    try {
      await work(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
  });
}

/** @returns false for a wrong checksum where `lenient`; else that is thrown. */
async function verify(options: DownloadOptions, path: string, lenient: boolean): Promise<boolean> {
  const { file, folder } = options;
  const remedy = `it was removed; run again, or put the published file into ${folder}`;
  try {
    await readVerified({ path, spec: file, remedy, consume: () => {} });
    return true;
  } catch (error) {
    if (lenient && error instanceof DataError && error.code === 'checksum') return false;
    throw error;
  }
}
