import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import type { OutFile } from './dataScripts.js';

/** What tells a folder that a build may empty from one that it may not. */
const marker = '.pixelrnn-site';

export class SiteError extends Error {
  override name = 'SiteError';
}

/**
 * Writes a site into a folder: a new or empty one, or one that holds a site, which is replaced.
 *
 * @throws SiteError where the folder holds something else
 */
export async function writeSite(files: readonly OutFile[], folder: string): Promise<void> {
  const before = existsSync(folder) ? await readdir(folder) : [];
  if (before.length > 0 && !before.includes(marker)) {
    throw new SiteError(`${folder} holds something that is no site: give an empty folder, or a new one.`);
  }
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, marker), 'pnpm site replaces what is in this folder.\n');
  for (const name of before.filter((name) => name !== marker)) {
    await rm(join(folder, name), { recursive: true });
  }
  for (const { path, content } of files) {
    const to = join(folder, path);
    await mkdir(dirname(to), { recursive: true });
    await writeFileAtomic(to, content);
  }
}
