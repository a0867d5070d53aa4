import { access, constants, mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import type { OutFile } from './dataScripts.js';
import { SiteError } from './siteError.js';

/** What tells a folder that a build may empty from one that it may not. */
const marker = '.pixelrnn-site';

/**
 * Makes the folder of a site where there is none: a new or empty one, or one that holds a site.
 *
 * @returns the names in it
 * @throws SiteError where the folder holds something else, or cannot be written
 */
export async function openFolder(folder: string): Promise<string[]> {
  let before: string[];
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.W_OK);
    before = await readdir(folder);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new SiteError(
      `${folder} should be a folder to write into, but that gave ${code}: give another one.`,
      { cause },
    );
  }
  if (before.length > 0 && !before.includes(marker)) {
    throw new SiteError(`${folder} holds something that is no site: give an empty folder, or a new one.`);
  }
  return before;
}

/**
 * Writes a site into a folder: a new or empty one, or one that holds a site, which is replaced.
 *
 * @throws SiteError where the folder holds something else, or cannot be written
 */
export async function writeSite(files: readonly OutFile[], folder: string): Promise<void> {
  const before = await openFolder(folder);
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
