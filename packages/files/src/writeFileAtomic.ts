import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { cannotWrite } from './fileError.js';

let written = 0;

/**
 * Writes a file so that a reader sees all of it or none, even after a power failure: to a temporary file beside it,
 * flushed, then renamed, and the folder flushed.
 *
 * @throws FileError naming the file, with what the system said as its `cause`; the temporary file is removed
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${process.pid}-${written++}.tmp`;
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
