import { open, rename, rm } from 'node:fs/promises';

/**
 * Writes a file so that a reader sees all of it or none: to a temporary file beside it, flushed, then renamed.
 *
 * @throws Error naming the file, with what the system said; the temporary file is removed
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
  } catch (error) {
    await rm(partial, { force: true });
    const reason = (error as Error).message;
    throw new Error(`Cannot write ${path}: ${reason}. Check that its folder is writable and has space.`, {
      cause: error,
    });
  }
}
