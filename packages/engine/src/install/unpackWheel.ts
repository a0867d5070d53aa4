import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { openPromise } from 'yauzl';
import { EngineError } from '../engineError.js';

/**
 * Unpacks the chosen files of a wheel (a zip archive), one stream after another, with their modes.
 * @param wheel path of the wheel
 * @param folder where the files go, under the names they have in the wheel
 * @param isNeeded chooses by name
 * @throws EngineError when the wheel is damaged or holds none of the chosen files
 */
export async function unpackWheel(
  wheel: string,
  folder: string,
  isNeeded: (name: string) => boolean,
): Promise<void> {
  let unpacked = 0;
  try {
    // The reader refuses names that are absolute or climb out of the folder.
    const zip = await openPromise(wheel, { lazyEntries: true });
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !isNeeded(entry.fileName)) continue;
      const path = join(folder, entry.fileName);
      await mkdir(dirname(path), { recursive: true });
      const executable = ((entry.externalFileAttributes >>> 16) & 0o111) !== 0;
      await pipeline(
        await zip.openReadStreamPromise(entry),
        createWriteStream(path, { mode: executable ? 0o755 : 0o644 }),
      );
      unpacked++;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
      throw new EngineError(
        `The disk filled up while ${wheel} was unpacked into ${folder}: free some space.`,
      );
    }
    throw new EngineError(`${wheel} cannot be unpacked: ${(error as Error).message}`, { cause: error });
  }
  if (unpacked === 0) throw new EngineError(`${wheel} holds none of the files that TensorFlow needs.`);
}
