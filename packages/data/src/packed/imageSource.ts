import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type FolderFile, type LeftOut, listFolder } from '../archives/folderEntries.js';
import { DataError, reasonOf } from '../dataError.js';
import { isPhotoName, isSystemName } from '../formats/imageKind.js';

/** Where the images of a split lie, and what they were when this was looked up. */
export interface ImageSource {
  kind: 'tar' | 'folder' | 'npz';
  /** One path, or one for each part. */
  paths: string[];
  /** The images of a folder. */
  files?: FolderFile[];
  /** What else lies in a folder. */
  leftOut?: LeftOut;
  /** Whether each image must be 8-bit RGB of the size already. */
  exact: boolean;
  bytes: number;
  /** Changes when a file is replaced: names, sizes and times of change. */
  identity: string;
}

/** The first of these paths where a file is, as a tar file of images; capital letters make no difference. */
export async function tarAt(paths: readonly string[], exact: boolean): Promise<ImageSource | undefined> {
  for (const path of await spelled(paths)) {
    const info = await infoOf(path);
    if (!info?.isFile()) continue;
    const identity = identityOf([[path, info.size, info.mtimeMs]]);
    return { kind: 'tar', paths: [path], exact, bytes: info.size, identity };
  }
  return undefined;
}

/** The first of these paths where a folder is that is not empty, as `folderSource`; capital letters make no difference. */
export async function folderAt(paths: readonly string[], exact: boolean): Promise<ImageSource | undefined> {
  for (const path of await spelled(paths)) {
    if (!(await infoOf(path))?.isDirectory()) continue;
    const source = await folderSource(path, exact);
    if (source) return source;
  }
  return undefined;
}

/**
 * A folder of images; undefined where it is empty but for what systems leave.
 * @throws DataError `format` where it holds anything but images
 */
export async function folderSource(path: string, exact: boolean): Promise<ImageSource | undefined> {
  const { files, leftOut } = await listFolder(path, isPhotoName);
  if (files.length === 0) {
    const strangers = Object.values(leftOut).flat();
    const [first, ...more] = strangers.filter((name) => !isSystemName(name.split(' -> ')[0]!));
    if (first === undefined) return undefined;
    throw new DataError(
      'format',
      `${path} should hold images, but it holds ${first}${more.length > 0 ? ` and ${more.length} more` : ''} (links to folders are not followed): put the images themselves there.`,
    );
  }
  const identity = identityOf(files.map(({ name, bytes, modified }) => [name, bytes, modified]));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { kind: 'folder', paths: [path], files, leftOut, exact, bytes, identity };
}

/**
 * The parts of an archive of .npz files; undefined where none of them is there.
 * @throws DataError `missing` where only some are there
 */
export async function npzAt(paths: readonly string[]): Promise<ImageSource | undefined> {
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
  return { kind: 'npz', paths: [...paths], exact: true, bytes, identity };
}

/** These paths as they are spelled on the disk: `train.tar` may be there as `train.TAR`. */
async function spelled(paths: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of paths) {
    const names = await namesIn(dirname(path));
    const wanted = basename(path);
    const name =
      names.find((candidate) => candidate === wanted) ?? names.find((candidate) => same(candidate, wanted));
    if (name !== undefined) found.push(join(dirname(path), name));
  }
  return found;
}

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/**
 * What lies in a folder, by name; nothing where it is not there.
 * @throws DataError `unreadable`
 */
export async function namesIn(folder: string): Promise<string[]> {
  return (await lookUp(folder, () => readdir(folder))) ?? [];
}

const infoOf = (path: string) => lookUp(path, () => stat(path));

async function lookUp<T>(path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
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

function identityOf(files: readonly (readonly [string, number, number])[]): string {
  const hash = createHash('sha256');
  for (const [path, bytes, modified] of files)
    hash.update(`${basename(path)}\0${path}\0${bytes}\0${modified}\n`);
  return hash.digest('hex');
}
