import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite, FileError } from './fileError.js';
import type { RunLock } from './runLock.js';

/**
 * Writes a file so that a reader sees all of it or none, even after a power failure: to a temporary file beside it,
 * flushed, then renamed, and the folder flushed.
 *
 * @param lock of the run folder that the file belongs to: looked at right before the renaming
 * @throws FileError naming the file, with what the system said as its `cause`, or `locked` where another process has
 * taken the run folder over; the temporary file is removed
 */
export async function writeFileAtomic(
  path: string,
  content: string | Uint8Array,
  lock?: Pick<RunLock, 'assertHeld'>,
): Promise<void> {
  const partial = `${path}.${randomUUID()}.tmp`; // containers that share a folder may share process numbers too
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await lock?.assertHeld();
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {}); // below a file there is none; what failed first is told
    if (error instanceof FileError) throw error;
    await lock?.assertHeld(); // who has taken the folder over has removed the temporary file
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
