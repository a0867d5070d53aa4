import { readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ownerMark, ownerOf } from '@pixelrnn/files';
import { reasonOf } from '../dataError.js';

/** After this long without a write, a part file of another machine counts as left behind. */
const ABANDONED_MILLISECONDS = 3_600_000;

/**
 * The path of a part file for `name` that this call alone owns, so that downloads at the same time never write to
 * one file. A part file that an earlier run left behind is taken over by renaming it, which only one can do.
 * @returns `resumed` tells that the file is there already, with the content of an earlier run.
 */
export async function claimPart(folder: string, name: string): Promise<{ path: string; resumed: boolean }> {
  const path = join(folder, `${name}.${ownerMark()}.part`);
  for (const entry of await readdir(folder)) {
    if (!entry.startsWith(`${name}.`)) continue;
    if (!(await isAbandoned(join(folder, entry), entry.slice(name.length + 1)))) continue;
    try {
      await rename(join(folder, entry), path);
      return { path, resumed: true };
    } catch (error) {
      if (reasonOf(error) !== 'ENOENT') throw error; // ENOENT: another process was faster
    }
  }
  return { path, resumed: false };
}

/** Gives up a part file: an empty one is removed, any other is kept under the name `<name>.part` for a later run. */
export async function releasePart(folder: string, name: string, path: string): Promise<void> {
  const info = await statOrUndefined(path);
  if (info === undefined) return;
  if (info.size === 0) await rm(path, { force: true });
  else await rename(path, join(folder, `${name}.part`));
}

/** @param suffix What follows `<name>.`: `part`, or `<owner's mark>.part`; anything else is not ours. */
async function isAbandoned(path: string, suffix: string): Promise<boolean> {
  if (suffix === 'part') return true;
  if (!suffix.endsWith('.part')) return false;
  const owner = ownerOf(suffix.slice(0, -'.part'.length));
  if (owner !== 'elsewhere') return owner === 'ended';
  const info = await statOrUndefined(path);
  return info !== undefined && Date.now() - info.mtimeMs > ABANDONED_MILLISECONDS;
}

async function statOrUndefined(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    if (reasonOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
