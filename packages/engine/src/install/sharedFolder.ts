import { chmod, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  contentMatches,
  type Manifest,
  ownerMark,
  ownerOf,
  readManifest,
  writeManifest,
} from '@pixelrnn/files';
import { EngineError } from '../engineError.js';

const partialPrefix = '.partial-';
const oldestPartial = 24 * 3600 * 1000; // ms

type Works = (folder: string) => Promise<boolean>;

/**
 * Makes a folder that several checkouts share appear complete or not at all. `fill` writes into a folder of its own
 * beside the target; a manifest is added and the folder renamed in one step. Whoever renames first wins; the others
 * take the winner's. A complete folder is left as it is, one that is damaged or does not work here is replaced.
 * @param target the folder, not yet there or written by this function
 * @param fill writes the files and says what they are; when it rejects, everything it wrote is removed
 * @param works whether a complete folder does what it is for on this machine; default: it does
 * @returns the manifest of the complete folder
 */
export async function provideFolder(
  target: string,
  fill: (folder: string) => Promise<Manifest['about']>,
  works: Works = async () => true,
): Promise<Manifest> {
  const present = await usableManifest(target, works);
  if (present) return present;
  const parent = dirname(target);
  const partial = await makePartial(parent);
  try {
    await writeManifest(partial, await fill(partial));
    await chmod(partial, 0o755); // a temporary folder is the owner's alone, a cache may serve others
    return await moveInto(partial, target, works);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function makePartial(parent: string): Promise<string> {
  try {
    await mkdir(parent, { recursive: true });
    await removeStalePartials(parent);
    return await newPartial(parent);
  } catch (error) {
    throw new EngineError(
      `The folder ${parent} cannot be written (${(error as Error).message}): set PIXELRNN_CACHE_DIR to one that can.`,
      { cause: error },
    );
  }
}

async function newPartial(parent: string): Promise<string> {
  const folder = join(parent, `${partialPrefix}${ownerMark()}`);
  await mkdir(folder, { mode: 0o700 });
  return folder;
}

/** The manifest of a folder that works and whose files all have the content that it lists, else `undefined`. */
async function usableManifest(folder: string, works: Works): Promise<Manifest | undefined> {
  const manifest = readManifest(folder);
  const usable = manifest && (await contentMatches(folder, manifest)) && (await works(folder));
  return usable ? manifest : undefined;
}

async function moveInto(partial: string, target: string, works: Works): Promise<Manifest> {
  const ours = readManifest(partial);
  if (!ours) throw new Error(`${partial} changed while it was being written.`);
  for (;;) {
    try {
      await rename(partial, target);
      return ours;
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code !== 'ENOTEMPTY' && code !== 'EEXIST' && code !== 'EPERM') throw error;
      const theirs = await usableManifest(target, works);
      if (theirs) return theirs; // another install was faster
      await discard(target);
    }
  }
}

/** Moves a damaged folder out of the way in one step, so that no reader meets it half removed. */
async function discard(folder: string): Promise<void> {
  const aside = await newPartial(dirname(folder));
  try {
    await rename(folder, join(aside, 'damaged'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // another install was faster
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
}

/** Removes what interrupted installs left: those of dead processes of this machine, and any that are a day old. */
async function removeStalePartials(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(partialPrefix)) continue;
    const path = join(parent, name);
    const ended = ownerOf(name.slice(partialPrefix.length)) === 'ended';
    const age = Date.now() - (await stat(path).then(({ mtimeMs }) => mtimeMs, Date.now));
    if (age > oldestPartial || ended) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
