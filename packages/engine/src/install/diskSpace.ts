import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { EngineError } from '../engineError.js';

/** A size for people, in decimal units: `274 MB`, `1.1 GB`. */
export function formatBytes(bytes: number): string {
  return bytes < 1e9 ? `${Math.ceil(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

/** Bytes that this user may still write to the disk that holds the folder, which need not exist yet. */
export async function freeBytes(folder: string): Promise<number> {
  let existing = folder;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return bavail * bsize;
}

/**
 * Refuses to start what cannot end for want of space.
 * @throws EngineError naming the folder, the space needed and the space there is
 */
export async function requireSpace(
  folder: string,
  needed: number,
  free: (folder: string) => Promise<number> = freeBytes,
): Promise<void> {
  const available = await free(folder);
  if (available >= needed) return;
  throw new EngineError(
    `${folder} needs ${formatBytes(needed)} of free disk space and has ${formatBytes(available)}: free some, or set PIXELRNN_CACHE_DIR to a folder on a larger disk.`,
  );
}
