import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { cacheDir, expandHome } from '@pixelrnn/files';
import { DataError, reasonOf } from './dataError.js';

/** The data folder when no option names one: PIXELRNN_DATA_DIR, else the user's cache folder (`cacheDir` of @pixelrnn/files). */
export function defaultDataDir(): string {
  const fromEnvironment = process.env.PIXELRNN_DATA_DIR;
  return fromEnvironment ? resolve(expandHome(fromEnvironment)) : cacheDir();
}

/**
 * The path of `name` or, failing that, of `name.gz` in `folder`; undefined where neither is there.
 * @throws DataError `unreadable` when the folder cannot be looked into or the name is not a file.
 */
export async function findFile(folder: string, name: string): Promise<string | undefined> {
  for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
    try {
      if ((await stat(path)).isFile()) return path;
    } catch (error) {
      const reason = reasonOf(error);
      if (reason === 'ENOENT' || reason === 'ENOTDIR') continue;
      throw new DataError(
        'unreadable',
        `A readable file or nothing was expected at ${path}, but looking there gave ${reason}: make the folder readable or choose another data folder.`,
        { cause: error },
      );
    }
    throw new DataError(
      'unreadable',
      `A file was expected at ${path}, but something else is there: move it away or choose another data folder.`,
    );
  }
  return undefined;
}
