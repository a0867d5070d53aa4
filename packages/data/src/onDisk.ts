import { DataError, reasonOf } from './dataError.js';

/** What is written where, for the sentence of an error. */
export interface DiskTarget {
  name: string;
  folder: string;
  /** How much space it needs, where that is known. */
  bytes?: number | undefined;
  /** What the folder is; `data` when absent. */
  role?: 'data' | 'cache';
}

/** The variable that names another. */
const variables = { data: 'PIXELRNN_DATA_DIR', cache: 'PIXELRNN_CACHE_DIR' };

/**
 * Runs `work`, whose errors of the disk become a sentence; others pass as they are.
 * @throws DataError `unwritable`
 */
export async function onDisk<T>(
  { name, folder, bytes, role = 'data' }: DiskTarget,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== 'string' || error instanceof DataError) throw error;
    const reason = reasonOf(error);
    const full = reason === 'ENOSPC' || reason === 'EDQUOT';
    throw new DataError(
      'unwritable',
      full
        ? `${name} needs ${bytes === undefined ? 'space' : `${bytes} bytes`} in ${folder}, but the disk is full (${reason}): free some space or choose another ${role} folder (${variables[role]}), and run again.`
        : `${name} should be written into ${folder}, but that gave ${reason}: make the folder writable or choose another ${role} folder (${variables[role]}).`,
      { cause: error },
    );
  }
}
