import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readManifest } from '@pixelrnn/files';

const require = createRequire(import.meta.url);

/**
 * What an addon in a folder of the cache exports, or null where it is not there.
 *
 * @throws Error where it does not load, naming the file
 */
export function loadAddon(folder: string, name: string): unknown {
  const path = join(folder, name);
  if (!existsSync(path)) return null;
  // The dynamic linker does not look for the end of a file: half of one would end the process.
  if (!readManifest(folder)?.files[name]) throw new Error(`${path} is not whole`);
  return require(path);
}
