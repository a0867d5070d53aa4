import { createReadStream, type Dirent, promises as fs } from 'node:fs';
import { join } from 'node:path';
import { DataError, reasonOf } from '../dataError.js';
import type { ArchiveEntry } from './tarEntries.js';

/** A file below a folder: its path with `/` between its parts. */
export interface FolderFile {
  name: string;
  bytes: number;
  modified: number;
  /** Why it cannot be read: 'it is a link to nowhere (gone.png)'. */
  problem?: string;
}

/** What lies below a folder and is not among its files, by name; links with where they lead. */
export interface LeftOut {
  others: string[];
  folderLinks: string[];
  brokenLinks: string[];
}

export interface FolderListing {
  files: FolderFile[];
  leftOut: LeftOut;
}

/**
 * The files below a folder that `wanted` chooses by name, in the order of their names, and all that is not among them.
 * Links to files are followed, links to folders are not: they may lead in circles.
 * @throws DataError `unreadable`
 */
export async function listFolder(folder: string, wanted: (name: string) => boolean): Promise<FolderListing> {
  const listing: FolderListing = { files: [], leftOut: { others: [], folderLinks: [], brokenLinks: [] } };
  const entries = await unlessUnreadable(
    folder,
    fs.readdir(folder, { recursive: true, withFileTypes: true }),
  );
  for (const entry of entries) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(join(folder, '/').length).replaceAll('\\', '/');
    await list(entry, path, name, wanted(name), listing);
  }
  const { files, leftOut } = listing;
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const names of Object.values(leftOut)) names.sort();
  return listing;
}

async function list(
  entry: Dirent,
  path: string,
  name: string,
  wanted: boolean,
  { files, leftOut }: FolderListing,
): Promise<void> {
  const target = entry.isSymbolicLink() ? await unlessUnreadable(path, fs.readlink(path)) : undefined;
  const info = await unlessUnreadable(path, statOrNothing(path));
  if (target !== undefined && info?.isDirectory()) leftOut.folderLinks.push(`${name} -> ${target}`);
  else if (!wanted && !info) leftOut.brokenLinks.push(`${name} -> ${target}`);
  else if (!wanted) leftOut.others.push(name);
  else if (info?.isFile()) files.push({ name, bytes: info.size, modified: info.mtimeMs });
  else
    files.push({
      name,
      bytes: 0,
      modified: 0,
      problem: info
        ? 'it is no file'
        : target === undefined
          ? goneProblem
          : `it is a link to nowhere (${target})`,
    });
}

/** Node's names are of UTF-8; what it lists under another one it does not find again. */
const goneProblem = 'it is not found under its name, which may not be UTF-8';

async function statOrNothing(path: string) {
  try {
    return await fs.stat(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR'].includes(reasonOf(error))) return undefined;
    throw error;
  }
}

async function unlessUnreadable<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const at = (error as NodeJS.ErrnoException).path ?? path;
    const rename = at.includes('\ufffd') ? 'rename it, as its name is not UTF-8' : 'make it readable';
    throw new DataError(
      'unreadable',
      `${at} should be readable, but reading it gave ${reasonOf(error)}: ${rename}, or choose another folder.`,
      { cause: error },
    );
  }
}

/** The files as entries, like those of an archive. */
export async function* folderEntries(
  folder: string,
  files: readonly FolderFile[],
): AsyncGenerator<ArchiveEntry> {
  for (const { name, bytes, problem } of files) {
    if (problem === undefined) yield { name, bytes, content: contentOf(join(folder, name)) };
    else yield { name, bytes, content: nothing(), problem };
  }
}

/** Opens the file only where it is read: a stream that nobody reads stays open, and its errors end the process. */
async function* contentOf(path: string): AsyncGenerator<Uint8Array> {
  yield* createReadStream(path);
}

async function* nothing(): AsyncGenerator<Uint8Array> {}
