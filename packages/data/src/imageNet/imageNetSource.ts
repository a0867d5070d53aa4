import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type FolderFile, listFolder } from '../archives/folderEntries.js';
import { DataError, reasonOf } from '../dataError.js';
import { isPhotoName } from '../formats/photo.js';
import type { ImageNetFiles, ImageNetSize, ImageNetSplit } from './imageNetFiles.js';

/** See `loadImageNet`. */
export type ImageNetKind = 'original' | 'resampled' | 'sample';

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

export interface ImageNetPlace {
  dataDir: string;
  /** In the data folder or absolute; the usual ones when absent. */
  folder?: string | undefined;
  size: ImageNetSize;
  /** Only files in the form of this version; any when absent. */
  kind?: ImageNetKind | undefined;
  files: ImageNetFiles;
}

const USUAL_FOLDERS = ['imagenet', 'imagenet-sample'];

/**
 * Both splits, from the first folder that has training images, so that no set is put together of two.
 * @throws DataError `missing` that tells what was looked for and where, `unreadable`
 */
export async function findImageNet(place: ImageNetPlace): Promise<Record<ImageNetSplit, ImageSource>> {
  const { dataDir, folder, size, kind, files } = place;
  const folders = (folder ? [folder] : USUAL_FOLDERS).map((name) => resolve(dataDir, name));
  const missing = (split: ImageNetSplit, where: string) =>
    new DataError(
      'missing',
      `${placesOf(split, { size, kind, files })} was expected in ${where}, but none is there: put one there (these sets cannot be fetched without an account).`,
    );
  for (const candidate of folders) {
    const train = await findSplit(candidate, 'train', place);
    if (!train) continue;
    const valid = await findSplit(candidate, 'valid', place);
    if (!valid) throw missing('valid', candidate);
    return { train, valid };
  }
  throw missing('train', folders.join(' or '));
}

type Form = Pick<ImageNetPlace, 'size' | 'kind' | 'files'>;

/** What a split may be, the papers' form first; `val` stands for `valid` where any images will do. */
function formsOf(split: ImageNetSplit, { size, kind, files }: Form) {
  const sized = `${split}_${size}x${size}`;
  const any = split === 'valid' ? ['valid', 'val'] : ['train'];
  const tars = (name: string) => [`${name}.tar`, `${name}.tar.gz`];
  const zips = files.resampled[size][split].files.map(({ name }) => name);
  const forms: {
    find: (paths: string[]) => Promise<ImageSource | undefined>;
    names: string[];
    kind?: ImageNetKind;
  }[] = [
    { find: (paths) => tarAt(paths, true), names: tars(sized), kind: 'original' },
    { find: (paths) => folderAt(paths, true), names: [sized] },
    { find: npzAt, names: zips, kind: 'resampled' },
    { find: (paths) => tarAt(paths, false), names: any.flatMap(tars) },
    { find: (paths) => folderAt(paths, false), names: any },
  ];
  return kind === 'original' || kind === 'resampled' ? forms.filter((form) => form.kind === kind) : forms;
}

async function findSplit(folder: string, split: ImageNetSplit, form: Form): Promise<ImageSource | undefined> {
  for (const { find, names } of formsOf(split, form)) {
    const source = await find(names.map((name) => join(folder, name)));
    if (source) return source;
  }
  return undefined;
}

/** For an error. */
function placesOf(split: ImageNetSplit, { size, kind, files }: Form): string {
  const zips = files.resampled[size][split].files.map(({ name }) => name).join(' and ');
  const tar = `${split}_${size}x${size}.tar`;
  if (kind === 'original') return tar;
  if (kind === 'resampled') return zips;
  return `${tar}, ${zips}, or ${split}.tar or a folder ${split} of PNG or JPEG images`;
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
