import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type RunResult, runResultSchema } from '@pixelrnn/metrics';
import { type Environment, writeFileAtomic } from '@pixelrnn/training';

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** `result.json` of a run folder, or null where the run is not finished. */
export async function readResult(folder: string): Promise<RunResult | null> {
  const text = await readIfThere(join(folder, 'result.json'));
  return text === null ? null : runResultSchema.parse(JSON.parse(text));
}

/** Its presence means that the run is finished. */
export async function writeResult(folder: string, result: RunResult): Promise<void> {
  await writeFileAtomic(join(folder, 'result.json'), json(result));
}

/** `config.json` of a run folder, or null where there is none. */
export async function readConfig(folder: string): Promise<Record<string, unknown> | null> {
  const text = await readIfThere(join(folder, 'config.json'));
  return text === null ? null : (JSON.parse(text) as Record<string, unknown>);
}

/** `config.json`: all that a run was asked for, enough to repeat it. */
export async function writeConfig(folder: string, config: object): Promise<void> {
  await writeFileAtomic(join(folder, 'config.json'), json(config));
}

/**
 * `environment.json`: what the run began on; under `resumed`, what it went on with wherever that was something else.
 */
export async function noteEnvironment(folder: string, now: Environment): Promise<void> {
  const path = join(folder, 'environment.json');
  const text = await readIfThere(path);
  if (text === null) return writeFileAtomic(path, json(now));
  const there = JSON.parse(text) as Environment & { resumed?: Environment[] };
  const { resumed = [], ...first } = there;
  if (isDeepStrictEqual(resumed.at(-1) ?? first, JSON.parse(JSON.stringify(now)))) return;
  await writeFileAtomic(path, json({ ...first, resumed: [...resumed, now] }));
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
