import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Writes a file so that a reader sees all of it or none, even after a power failure: to a temporary file beside it,
 * flushed, then renamed, and the folder flushed.
 *
 * @throws Error naming the file, with what the system said as its `cause`; the temporary file is removed
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw cannotWrite(path, error);
  }
}

/** Makes the names in a folder, not only the files' contents, survive a power failure. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // folders cannot be opened there
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** What to say where a file cannot be written; `cause` is the system's error. */
export function cannotWrite(path: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new Error(`Cannot write ${path}: ${reason}. Check that its folder is writable and has space.`, {
    cause,
  });
}

/** Whether an error, or its cause, is a full disk or a spent quota: what may pass by itself. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || isDiskFull(error.cause);
}
