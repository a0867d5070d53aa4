import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DataError, reasonOf } from '../dataError.js';
import type { ArchiveEntry } from './tarEntries.js';

/** A file below a folder: its path with `/` between its parts. */
export interface FolderFile {
  name: string;
  bytes: number;
  modified: number;
}

/**
 * The files below a folder that `wanted` chooses by name, in the order of their names. Links to files are followed,
 * links to folders are not.
 * @throws DataError `unreadable`
 */
export async function listFolder(folder: string, wanted: (name: string) => boolean): Promise<FolderFile[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files: FolderFile[] = [];
    for (const entry of entries) {
      const path = join(entry.parentPath, entry.name);
      const name = path.slice(join(folder, '/').length).replaceAll('\\', '/');
      if (!wanted(name) || entry.isDirectory()) continue;
      const { size, mtimeMs } = await stat(path);
      files.push({ name, bytes: size, modified: mtimeMs });
    }
    return files.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw new DataError(
      'unreadable',
      `${folder} should be a folder of readable files, but reading it gave ${reasonOf(error)}: make it readable or choose another.`,
      { cause: error },
    );
  }
}

/** The files as entries, like those of an archive. */
export async function* folderEntries(
  folder: string,
  files: readonly FolderFile[],
): AsyncGenerator<ArchiveEntry> {
  for (const { name, bytes } of files) {
    yield { name, bytes, content: createReadStream(join(folder, name)) };
  }
}
