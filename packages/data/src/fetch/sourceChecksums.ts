import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MAX_PHOTO_BYTES } from '../formats/photo.js';
import type { ImageSource } from '../packed/imageSource.js';
import type { OnProgress } from '../progress.js';
import { readError } from './verifiedFile.js';

/** One checksum for all files of a folder, with their names. */
export class FolderHash {
  private readonly hash = createHash('sha256');
  private bytes = 0;

  /** @returns How many bytes came so far. */
  add(name: string, content: Uint8Array): number {
    this.hash.update(`${name}\0${content.length}\0`).update(content);
    this.bytes += content.length;
    return this.bytes;
  }

  /** A file that is not read: only its name and size count. */
  addUnread(name: string, bytes: number): number {
    this.hash.update(`${name}\0${bytes}\0`);
    this.bytes += bytes;
    return this.bytes;
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/**
 * The SHA-256 of each file of a source, or one for a folder, by name.
 * @throws DataError `unreadable`
 */
export async function sourceChecksums(
  { kind, paths, files, bytes: total }: ImageSource,
  onProgress?: OnProgress,
): Promise<Record<string, string>> {
  const remedy = 'put the published file there';
  if (kind === 'folder') {
    const hash = new FolderHash();
    const file = basename(paths[0]!);
    for (const { name, bytes: size, problem } of files!) {
      if (problem !== undefined || size > MAX_PHOTO_BYTES) {
        hash.addUnread(name, size);
        continue;
      }
      const path = join(paths[0]!, name);
      const content = await readFile(path).catch((error: unknown) => {
        throw readError(error, path, remedy);
      });
      const bytes = hash.add(name, content);
      onProgress?.({ stage: 'read', file, bytes, total });
    }
    return { [file]: hash.digest() };
  }
  const checksums: Record<string, string> = {};
  let bytes = 0;
  for (const path of paths) {
    const hash = createHash('sha256');
    try {
      for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
        hash.update(chunk as Buffer);
        bytes += (chunk as Buffer).length;
        onProgress?.({ stage: 'read', file: basename(path), bytes, total });
      }
    } catch (error) {
      throw readError(error, path, remedy);
    }
    checksums[basename(path)] = hash.digest('hex');
  }
  return checksums;
}
