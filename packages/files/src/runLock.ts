import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { cannotWrite, FileError } from './fileError.js';
import { isRunning, processIdentity } from './processIdentity.js';
import { compareStarts, startText, type TaskStart, taskStartSchema } from './taskStart.js';

const lockName = 'lock.json';
const ownerSchema = z.strictObject({
  id: z.string(),
  pid: z.int(),
  started: z.string(),
  host: z.string(),
  start: taskStartSchema.optional(),
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
 * @param start where a scheduler starts the process's task: an earlier start of the same task loses the folder, alive or
 * not, here or on another machine
 * @throws FileError `locked` naming the process that works on the folder, or the later start of the task
 */
export async function lockRunFolder(folder: string, start?: TaskStart): Promise<RunLock> {
  const path = join(folder, lockName);
  const id = randomUUID();
  const own: Owner = {
    id,
    pid: process.pid,
    started: processIdentity(process.pid) ?? '',
    host: hostname(),
    ...(start && { start }),
  };
  const candidate = join(folder, `${lockName}.${process.pid}-${id}.tmp`);
  await writeCandidate(candidate, own);
  try {
    while (!(await linked(candidate, path))) {
      await removeStale(folder, own);
      await writeCandidate(candidate, own); // a winner on another machine may have taken it for a dead process's
    }
  } finally {
    await rm(candidate, { force: true });
  }
  const lock: RunLock = {
    async assertHeld() {
      const owner = await waitForOwner(path);
      if (owner?.id !== id) throw start ? superseded(folder, start, owner) : locked(folder, owner);
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

async function writeCandidate(candidate: string, own: Owner): Promise<void> {
  try {
    await mkdir(dirname(candidate), { recursive: true });
    await writeFile(candidate, `${JSON.stringify(own)}\n`);
  } catch (error) {
    throw cannotWrite(candidate, error);
  }
}

/**
 * Gives the candidate the lock's name, unless there is a lock or the candidate has gone: a single step of the file system.
 */
async function linked(candidate: string, path: string): Promise<boolean> {
  try {
    await link(candidate, path);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST' || code === 'ENOENT') return false;
    throw cannotWrite(path, error);
  }
}

/** Moves the lock of a dead process, or of an earlier start of this task, out of the way. @throws FileError `locked` else */
async function removeStale(folder: string, own: Owner): Promise<void> {
  const path = join(folder, lockName);
  const owner = await readOwner(path);
  const order = own.start && owner?.start ? compareStarts(own.start, owner.start) : null;
  if (own.start && order === 'earlier') throw superseded(folder, own.start, owner);
  if (owner && order !== 'later' && isAlive(owner)) throw locked(folder, owner);
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

/** Milliseconds for which a lock may be missing, moved by a process that took it for a stale one and puts it back. */
const patience = 2_000;

/** The lock's owner; null where there is none for longer than it may be missing. */
async function waitForOwner(path: string): Promise<Owner | null> {
  for (const end = performance.now() + patience; performance.now() < end; await setTimeout(10)) {
    const owner = await readOwner(path);
    if (owner) return owner;
  }
  return readOwner(path);
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

/** What ends a process whose task was started again while it was cut off. */
function superseded(folder: string, start: TaskStart, owner: Owner | null): FileError {
  const who = owner?.start
    ? `${startText(owner.start)} on ${owner.host}`
    : owner
      ? `process ${owner.pid} on ${owner.host}`
      : 'a later start, which has ended';
  return new FileError(
    'locked',
    `${folder} was taken over by ${who}: this one, ${startText(start)} on ${hostname()}, stops and writes nothing more.`,
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
