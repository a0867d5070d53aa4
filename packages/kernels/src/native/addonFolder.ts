import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir } from '@pixelrnn/files';

/**
 * A folder of the cache whose name changes with the C++ files and with what they are compiled for, so that no other
 * machine that shares the cache loads instructions that it does not have.
 *
 * @param root the part of the files' paths that does not count
 */
export function addonFolder(name: string, build: object, files: readonly string[], root: string): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ platform: process.platform, arch: process.arch, ...build }));
  for (const path of files) hash.update(`\0${path.slice(root.length)}\0`).update(readFileSync(path));
  return join(cacheDir(), `${name}-${hash.digest('hex').slice(0, 16)}`);
}
