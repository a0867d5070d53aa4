import { existsSync } from 'node:fs';
import { userPath } from '@pixelrnn/files';
import { type Command, Option } from 'commander';
import { type PresetName, presetNames } from './experiment.js';
import { type LauncherFlags, withLauncherOptions } from './launcher/launcherOptions.js';
import { parseAssignment } from './runner/settings.js';
import { UsageError } from './runner/usageError.js';

/** What `pnpm exp <id>` and `pnpm exp all` have in common. */
export interface RunFlags extends LauncherFlags {
  preset: PresetName;
  seeds: number[];
  set: Record<string, unknown>;
  out: string;
  fresh: boolean;
  dryRun: boolean;
  dataDir?: string;
}

/** What stands between commas, each once. */
function list(text: string, expected: string): string[] {
  const items = text.split(',').filter((item) => item !== '');
  if (items.length === 0) throw new UsageError(`${expected}, got ${text || 'nothing'}`);
  return [...new Set(items)];
}

export const rowList = (text: string) => list(text, '--rows expects names such as pixelcnn,row-lstm');

function seedList(text: string): number[] {
  const expected = '--seeds expects numbers such as 0,1,2';
  const seeds = list(text, expected).map((item) => {
    const seed = Number(item);
    if (!/^\d+$/.test(item) || seed > 0xffffffff) throw new UsageError(`${expected}, got ${text}`);
    return seed;
  });
  return [...new Set(seeds)];
}

function jobCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new UsageError(`--jobs expects a number from 1, got ${text}`);
  return Number(text);
}

export function stepCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--steps expects a number from 1, got ${text}`);
  return Number(text);
}

/** A path of the command line: relative to where the user stands. */
export const userFile = (text: string) => userPath(text, 'exp');

/** `--out`, where runs are. */
export const outOption = () =>
  new Option('--out <dir>', 'folder for runs, tables and plots')
    .argParser(userFile)
    .default(userFile('runs'), 'runs');

/** @param script of package.json, which the command is */
export const dataDirOption = (script: 'exp' | 'results' = 'exp') =>
  new Option(
    '--data-dir <dir>',
    'folder of the datasets; else PIXELRNN_DATA_DIR, else the cache folder',
  ).argParser((text) => userPath(text, script));

/** Adds the options of {@link RunFlags}. */
export function withRunOptions(command: Command): Command {
  return withLauncherOptions(command)
    .addOption(new Option('--preset <name>', 'size of the runs').choices(presetNames).default('smoke'))
    .option('--seeds <numbers>', 'seeds of the runs, such as 0,1', seedList, [0])
    .option(
      '--set <key=value>',
      'change a setting of the preset; may be repeated',
      (text: string, set: Record<string, unknown>) =>
        Object.fromEntries([...Object.entries(set), parseAssignment(text)]),
      {},
    )
    .addOption(outOption())
    .option('--fresh', 'discard earlier runs of the chosen rows and seeds', false)
    .option('--jobs <n>', 'runs at a time, each in a process of its own', jobCount, 1)
    .option('--dry-run', 'print rows, parameters, time, memory and disk; train nothing', false)
    .addOption(dataDirOption());
}

/** What `pnpm exp own` says about its images, `--skip-bad` also for small ImageNet. */
export interface ImageFlags {
  images?: string;
  size?: number;
  levels?: number;
  grey?: boolean;
  skipBad?: boolean;
  /** A run to repeat, which has them in its settings. */
  config?: string;
}

/** The settings among them. */
export const imageOptions: readonly string[] = ['images', 'size', 'levels', 'grey', 'skipBad'];

export function withImageOptions(command: Command): Command {
  const whole = (name: string) => (text: string) => {
    if (!/^[1-9]\d{0,3}$/.test(text))
      throw new UsageError(`${name} expects a whole number from 1, got ${text}`);
    return Number(text);
  };
  return command
    .option('--images <dir>', 'own: the folder of images, or of the folders train and valid', userFile)
    .option('--size <n>', 'own: height and width that images are brought to (default 32)', whole('--size'))
    .option('--levels <n>', 'own: intensities, 2, 4, 16 or 256 (default 256)', whole('--levels'))
    .option('--grey', 'own: one channel instead of red, green and blue')
    .option('--skip-bad', 'own, table6, gated-table2: leave out images that are damaged or too small');
}

/**
 * The settings that these flags stand for.
 *
 * @throws UsageError where they belong to another experiment, or `own` has no images or no such folder
 */
export function imageSettings(
  id: string,
  { images, size, levels, grey, skipBad, config }: ImageFlags,
): Record<string, unknown> {
  const given = Object.fromEntries(
    Object.entries({ images, size, levels, grey, skipBad }).filter(([, value]) => value !== undefined),
  );
  const [other] = Object.keys(given).filter((key) => key !== 'skipBad');
  if (id !== 'own' && other) {
    throw new UsageError(`--${other} belongs to own, images of your own: pnpm exp own --images DIR.`);
  }
  if (id === 'own' && config === undefined && images === undefined) {
    throw new UsageError('own needs --images DIR: a folder of images, or of the folders train and valid.');
  }
  if (images !== undefined && !existsSync(images)) {
    throw new UsageError(
      `--images expects a folder, but there is none at ${images}: name another, or make it one.`,
    );
  }
  return given;
}
