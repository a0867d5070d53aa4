import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type RunLock, writeFileAtomic } from '@pixelrnn/files';
import { type RunResult, runResultSchema } from '@pixelrnn/metrics';
import type { Environment } from '@pixelrnn/training';
import { z } from 'zod';
import { whyDamaged } from './whyDamaged.js';

/** The lock of the run folder, looked at before a file gets its name. */
type Held = Pick<RunLock, 'assertHeld'>;

const anObject = z.record(z.string(), z.unknown());

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/**
 * `result.json` of a run folder, or null where the run is not finished.
 *
 * @throws Error naming the file where it is damaged
 */
export function readResult(folder: string): Promise<RunResult | null> {
  return readJson(join(folder, 'result.json'), runResultSchema);
}

/** Its presence means that the run is finished. */
export async function writeResult(folder: string, result: RunResult, lock: Held): Promise<void> {
  await writeFileAtomic(join(folder, 'result.json'), json(result), lock);
}

/**
 * `config.json` of a run folder, or null where there is none.
 *
 * @throws Error naming the file where it is damaged
 */
export function readConfig(folder: string): Promise<Record<string, unknown> | null> {
  return readJson(join(folder, 'config.json'), anObject);
}

/** `config.json`: all that a run was asked for, enough to repeat it. */
export async function writeConfig(folder: string, config: object, lock: Held): Promise<void> {
  await writeFileAtomic(join(folder, 'config.json'), json(config), lock);
}

/**
 * `environment.json`: what the run began on; under `resumed`, what it went on with wherever that was something else.
 */
export async function noteEnvironment(folder: string, now: Environment, lock: Held): Promise<void> {
  const path = join(folder, 'environment.json');
  const there = (await readJson(path, anObject)) as (Environment & { resumed?: Environment[] }) | null;
  if (there === null) return writeFileAtomic(path, json(now), lock);
  const { resumed = [], ...first } = there;
  if (isDeepStrictEqual(resumed.at(-1) ?? first, JSON.parse(JSON.stringify(now)))) return;
  await writeFileAtomic(path, json({ ...first, resumed: [...resumed, now] }), lock);
}

/** SHA-256 of the files whose images a run has last read, by file name; none where it has not begun. */
export async function readChecksums(folder: string): Promise<Record<string, string>> {
  const there = (await readJson(join(folder, 'environment.json'), anObject)) as
    | (Environment & { resumed?: Environment[] })
    | null;
  return (there?.resumed?.at(-1) ?? there)?.data ?? {};
}

const failureSchema = z.strictObject({ message: z.string() });

/** Why a run ended, where its numbers stopped being finite: what it was trained to leads nowhere. Null where it did not. */
export async function readFailure(folder: string): Promise<string | null> {
  return (await readJson(join(folder, 'failure.json'), failureSchema))?.message ?? null;
}

/** `failure.json`: there from then on until the run resumes. */
export async function writeFailure(folder: string, message: string, lock: Held): Promise<void> {
  await writeFileAtomic(join(folder, 'failure.json'), json({ message }), lock);
}

/** Removes what says that a run has ended. */
export async function removeEnd(folder: string): Promise<void> {
  for (const name of ['result.json', 'failure.json']) await rm(join(folder, name), { force: true });
}

/**
 * Empties a run folder, but for the lock that is held on it. What says that the run has ended goes first, its `config.json` last:
 * a folder that is left half empty is that of an unfinished run of the same settings.
 */
export async function discardRun(folder: string): Promise<void> {
  await removeEnd(folder);
  const last = 'config.json';
  for (const name of await readdir(folder)) {
    if (name !== 'lock.json' && name !== last) await rm(join(folder, name), { recursive: true, force: true });
  }
  await rm(join(folder, last), { force: true });
}

/** What a file holds, checked; null where there is none. */
async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T | null> {
  const text = await readIfThere(path);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(
      `${path} should be what a run wrote, but it is not (${whyDamaged(cause)}): put the file back, or remove the run folder or use --fresh to run anew.`,
      { cause },
    );
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
