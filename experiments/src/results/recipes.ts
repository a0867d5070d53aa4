import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { FileError, lockRunFolder, type RunLock, writeFileAtomic } from '@pixelrnn/files';
import { z } from 'zod';
import { optimizerText } from './optimizer.js';

/** The file's version; a change of what it holds or means is another one. */
const version = 1;

const trySchema = z.strictObject({
  row: z.string(),
  preset: z.string(),
  seed: z.int().nonnegative(),
  /** What was tried: the settings that differ from the preset, `steps` among them. */
  changes: z.record(z.string(), z.unknown()),
  /** The whole recipe: optimiser, rate, batch, schedule, and the model's sizes. */
  settings: z.record(z.string(), z.unknown()),
  /** Validation at the end, in the experiment's metric; null where the run did not get there. */
  valid: z.number().nullable(),
  /** Images, evenly spaced over the split, that `valid` is a mean over; null where there is no figure. */
  validImages: z.int().positive().nullable(),
  /** Why there is no figure. */
  failure: z.string().nullable(),
  parameters: z.int().nullable(),
  images: z.int().nullable(),
  /** Training seconds, on a machine that may have had other work. */
  seconds: z.number().nullable(),
  dataset: z.string(),
  commit: z.string().nullable(),
});

const recipesSchema = z.strictObject({
  version: z.literal(version),
  experiment: z.string(),
  metric: z.enum(['nats', 'bits/dim']),
  tries: z.array(trySchema),
});

export type RecipeTry = z.infer<typeof trySchema>;
export type Recipes = z.infer<typeof recipesSchema>;

/**
 * `recipes.json`: what was tried before the runs of an experiment; null where there is none.
 *
 * @throws Error where it is of another version or damaged
 */
export async function readRecipes(path: string): Promise<Recipes | null> {
  if (!existsSync(path)) return null;
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new Error(`${path} should be recipes, but it is no JSON: put the file back.`, { cause });
  }
  const parsed = recipesSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path} should hold recipes of version ${version}, but it does not (${z.prettifyError(parsed.error)}): put the file back, or use the version of this project that wrote it.`,
  );
}

/**
 * Adds a try to the file, in place of an earlier one of the same row, seed and settings. Its folder is locked meanwhile: other
 * processes add tries of theirs.
 *
 * @throws FileError `locked` where another process keeps the folder
 */
export async function addTry(
  path: string,
  experiment: Pick<Recipes, 'experiment' | 'metric'>,
  next: RecipeTry,
): Promise<Recipes> {
  const same = (other: RecipeTry) =>
    other.row === next.row && other.seed === next.seed && isDeepStrictEqual(other.settings, next.settings);
  const lock = await lockWhenFree(dirname(path));
  try {
    const { tries = [] } = (await readRecipes(path)) ?? {};
    const recipes: Recipes = {
      version,
      ...experiment,
      tries: [...tries.filter((other) => !same(other)), next],
    };
    await writeFileAtomic(path, `${JSON.stringify(recipes, null, 2)}\n`, lock);
    return recipes;
  } finally {
    await lock.release();
  }
}

/** Milliseconds for which others may keep a folder that each has for the writing of one file. */
const patience = 60_000;

/** Locks a folder as soon as nobody else has it. @throws FileError `locked` where somebody keeps it */
async function lockWhenFree(folder: string): Promise<RunLock> {
  for (const end = performance.now() + patience; ; await setTimeout(20)) {
    try {
      return await lockRunFolder(folder);
    } catch (error) {
      const taken = error instanceof FileError && error.code === 'locked';
      if (!taken || performance.now() >= end) throw error;
    }
  }
}

/** The tries as a Markdown table, row by row, the best of those of a row that have as many steps in bold; `validation` is the set that they are compared on. */
export function recipesToMarkdown({ metric, tries }: Recipes, validation = 'validation'): string {
  const rows = [...new Set(tries.map(({ row }) => row))];
  const lines = rows.flatMap((row) => {
    const own = tries.filter((other) => other.row === row);
    return own.map((one) => {
      const rivals = own.filter(({ settings }) => settings.steps === one.settings.steps);
      const best = Math.min(...rivals.map(({ valid }) => valid ?? Number.POSITIVE_INFINITY));
      return `| ${cells(one, metric, one.valid === best).join(' | ')} |`;
    });
  });
  return [
    `| row | tried | optimiser, rate | batch | steps | ${validation}, ${metric} | images | seconds |`,
    '| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
  ].join('\n');
}

function cells(one: RecipeTry, metric: Recipes['metric'], best: boolean): string[] {
  const { settings } = one;
  const figure = one.valid?.toFixed(metric === 'nats' ? 2 : 3) ?? `none: ${one.failure}`;
  return [
    one.row,
    Object.entries(one.changes)
      .filter(([key]) => key !== 'steps')
      .map(([key, value]) => `${key} ${value}`)
      .join(', '),
    optimizerText(settings),
    String(settings.batchSize),
    String(settings.steps),
    best ? `**${figure}**` : figure,
    String(one.validImages ?? ''),
    one.seconds === null ? '' : one.seconds.toFixed(0),
  ];
}
