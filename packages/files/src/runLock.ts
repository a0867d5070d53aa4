import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { cannotWrite, FileError } from './fileError.js';
import { isRunning, processIdentity } from './processIdentity.js';

const lockName = 'lock.json';
const ownerSchema = z.strictObject({
  id: z.string(),
  pid: z.int(),
  started: z.string(),
  host: z.string(),
});
type Owner = z.infer<typeof ownerSchema>;

/** The right to write into a run folder, until it is released. */
export interface RunLock {
  /** @throws FileError `locked` where another process has taken the folder over */
  assertHeld(): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes a run folder for this process, by a file `lock.json` in it. That of a process that is dead is taken over; whether
 * it is, is told by its number and start, never by a time of day. Temporary files that it left are removed.
 *
 * @throws FileError `locked` naming the process that works on the folder
 */
export async function lockRunFolder(folder: string): Promise<RunLock> {
  const path = join(folder, lockName);
  const id = randomUUID();
  const own: Owner = {
    id,
    pid: process.pid,
    started: processIdentity(process.pid) ?? '',
    host: hostname(),
  };
  const candidate = join(folder, `${lockName}.${process.pid}-${id}.tmp`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(candidate, `${JSON.stringify(own)}\n`);
  } catch (error) {
    throw cannotWrite(candidate, error);
  }
  try {
    while (!(await linked(candidate, path))) await removeStale(folder);
  } finally {
    await rm(candidate, { force: true });
  }
  const lock: RunLock = {
    async assertHeld() {
      const owner = await readOwner(path);
      if (owner?.id !== id) throw locked(folder, owner);
    },
    async release() {
      if ((await readOwner(path))?.id === id) await rm(path, { force: true });
    },
  };
  await removeTemporaries(folder);
  await removeTemporaries(join(folder, 'checkpoint'));
  await lock.assertHeld();
  return lock;
}

/**
 * The process that works on a run folder: its number, and its machine where that is another one; null where none does. A lock
 * that a dead process left counts as none.
 */
export async function runLockOwner(folder: string): Promise<{ pid: number; host: string | null } | null> {
  const owner = await readOwner(join(folder, lockName));
  if (!owner || !isAlive(owner)) return null;
  return { pid: owner.pid, host: owner.host === hostname() ? null : owner.host };
}

/** Gives the candidate the lock's name, unless there is one: a single step of the file system. */
async function linked(candidate: string, path: string): Promise<boolean> {
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cannotWrite(path, error);
  }
}

/** Moves a dead process's lock out of the way. @throws FileError `locked` where the process lives */
async function removeStale(folder: string): Promise<void> {
  const path = join(folder, lockName);
  const owner = await readOwner(path);
  if (owner && isAlive(owner)) throw locked(folder, owner);
  const aside = join(folder, `${lockName}.${process.pid}-${randomUUID()}.tmp`);
  try {
    await rename(path, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // somebody else has
    throw cannotWrite(path, error);
  }
  // Between the reading and the renaming a third process may have taken the folder: its lock goes back.
  const moved = await readOwner(aside);
  if (moved && moved.id !== owner?.id) await linked(aside, path);
  await rm(aside, { force: true });
}

/** The lock's owner; null where there is none or the file is no lock. */
async function readOwner(path: string): Promise<Owner | null> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return null; // torn by a power failure: its process is gone
  }
}

/** A process on another machine, of which nothing is known, counts as alive. */
const isAlive = ({ host, pid, started }: Owner) => host !== hostname() || isRunning(pid, started);

function locked(folder: string, owner: Owner | null): FileError {
  if (owner?.host === hostname() && owner.pid === process.pid) {
    return new FileError(
      'locked',
      `${folder} is in use by this process (${process.pid}): wait until its other run ends, or choose another folder.`,
    );
  }
  const who = owner ? `process ${owner.pid} on ${owner.host}` : 'another process';
  return new FileError(
    'locked',
    `${folder} is in use by ${who}: wait until it ends or choose another --out; if it runs no more, remove ${lockName} there.`,
  );
}

async function removeTemporaries(folder: string): Promise<void> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  for (const name of names) {
    if (!name.endsWith('.tmp')) continue;
    const taker = /^lock\.json\.(\d+)-/.exec(name)?.[1]; // another process may be asking for the lock just now
    if (taker === undefined || !isRunning(Number(taker))) {
      await rm(join(folder, name), { force: true });
    }
  }
}
