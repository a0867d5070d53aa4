import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DataError, reasonOf } from './dataError.js';
import { type FolderFile, listFolder } from './folderEntries.js';
import type { ImageNetFiles, ImageNetSize, ImageNetSplit } from './imageNetFiles.js';
import { isPhotoName } from './photo.js';

/** Where the images of a split lie, and what they were when this was looked up. */
export interface ImageSource {
  kind: 'tar' | 'folder' | 'npz';
  /** One path, or one for each part. */
  paths: string[];
  /** The images of a folder. */
  files?: FolderFile[];
  /** Whether each image must have the size already. */
  exact: boolean;
  bytes: number;
  /** Changes when a file is replaced: names, sizes and times of change. */
  identity: string;
}

/**
 * The first of these that is in `folder`: `train_32x32.tar` as the papers had it, or the folder of that name;
 * the zip archives of today; `train.tar` or a folder `train` with any images. (`valid` likewise; `val` is accepted.)
 * @throws DataError `unreadable`
 */
export async function findImageNet(
  folder: string,
  { size, split, files }: { size: ImageNetSize; split: ImageNetSplit; files: ImageNetFiles },
): Promise<ImageSource | undefined> {
  const sized = `${split}_${size}x${size}`;
  const any = split === 'valid' ? ['valid', 'val'] : ['train'];
  return (
    (await tarAt([join(folder, `${sized}.tar`), join(folder, `${sized}.tar.gz`)], true)) ??
    (await folderAt([join(folder, sized)], true)) ??
    (await npzAt(files.resampled[size][split].files.map(({ name }) => join(folder, name)))) ??
    (await tarAt(
      any.flatMap((name) => [join(folder, `${name}.tar`), join(folder, `${name}.tar.gz`)]),
      false,
    )) ??
    (await folderAt(
      any.map((name) => join(folder, name)),
      false,
    ))
  );
}

/** Where they would be looked for, for an error. */
export function imageNetPlaces({
  size,
  split,
  files,
}: {
  size: ImageNetSize;
  split: ImageNetSplit;
  files: ImageNetFiles;
}): string {
  const zips = files.resampled[size][split].files.map(({ name }) => name).join(' and ');
  return `${split}_${size}x${size}.tar, ${zips}, or ${split}.tar or a folder ${split} of PNG or JPEG images`;
}

async function tarAt(paths: string[], exact: boolean): Promise<ImageSource | undefined> {
  for (const path of paths) {
    const info = await infoOf(path);
    if (!info?.isFile()) continue;
    return {
      kind: 'tar',
      paths: [path],
      exact,
      bytes: info.size,
      identity: identityOf([[path, info.size, info.mtimeMs]]),
    };
  }
  return undefined;
}

async function folderAt(paths: string[], exact: boolean): Promise<ImageSource | undefined> {
  for (const path of paths) {
    if (!(await infoOf(path))?.isDirectory()) continue;
    const files = await listFolder(path, isPhotoName);
    if (files.length === 0) continue;
    const identity = identityOf(files.map(({ name, bytes, modified }) => [name, bytes, modified]));
    const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
    return { kind: 'folder', paths: [path], files, exact, bytes, identity };
  }
  return undefined;
}

async function npzAt(paths: string[]): Promise<ImageSource | undefined> {
  const infos = await Promise.all(paths.map(infoOf));
  const missing = paths.filter((_, i) => !infos[i]?.isFile());
  if (missing.length === paths.length) return undefined;
  if (missing.length > 0) {
    throw new DataError(
      'missing',
      `${missing.join(', ')} should lie beside the other part of the set, but it does not: put it there.`,
    );
  }
  const identity = identityOf(paths.map((path, i) => [path, infos[i]!.size, infos[i]!.mtimeMs]));
  const bytes = infos.reduce((sum, info) => sum + info!.size, 0);
  return { kind: 'npz', paths, exact: true, bytes, identity };
}

function identityOf(files: readonly (readonly [string, number, number])[]): string {
  const hash = createHash('sha256');
  for (const [path, bytes, modified] of files)
    hash.update(`${basename(path)}\0${path}\0${bytes}\0${modified}\n`);
  return hash.digest('hex');
}

async function infoOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    const reason = reasonOf(error);
    if (reason === 'ENOENT' || reason === 'ENOTDIR') return undefined;
    throw new DataError(
      'unreadable',
      `A readable file or nothing was expected at ${path}, but looking there gave ${reason}: make it readable or choose another data folder.`,
      { cause: error },
    );
  }
}
