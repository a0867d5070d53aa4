import { userPath } from '@pixelrnn/files';
import { type Command, Option } from 'commander';
import { type PresetName, presetNames } from './experiment.js';
import { parseAssignment } from './runner/settings.js';
import { UsageError } from './runner/usageError.js';

/** What `pnpm exp <id>` and `pnpm exp all` have in common. */
export interface RunFlags {
  preset: PresetName;
  seeds: number[];
  set: Record<string, unknown>;
  out: string;
  fresh: boolean;
  jobs: number;
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
  return command
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
