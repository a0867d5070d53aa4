import { join } from 'node:path';
import { userPath } from '@pixelrnn/files';
import { TrainingError } from '@pixelrnn/training';
import { Command, CommanderError, Option } from 'commander';
import { type PresetName, presetNames } from './experiment.js';
import { experiments, findExperiment } from './registry.js';
import type { RunFailure } from './runner/grid.js';
import { printPlan } from './runner/printPlan.js';
import { formatTable } from './runner/printTable.js';
import { redrawSamples } from './runner/redrawSamples.js';
import { readRunConfig } from './runner/runConfig.js';
import { runExperiment } from './runner/runExperiment.js';
import { parseAssignment } from './runner/settings.js';
import { UsageError } from './runner/usageError.js';

interface Flags {
  preset: PresetName;
  rows?: string[];
  seeds: number[];
  set: Record<string, unknown>;
  config?: string;
  out: string;
  fresh: boolean;
  jobs: number;
  dryRun: boolean;
  samplesOnly: boolean;
  dataDir?: string;
}

/** What stands between commas, each once. */
function list(text: string, expected: string): string[] {
  const items = text.split(',').filter((item) => item !== '');
  if (items.length === 0) throw new UsageError(`${expected}, got ${text || 'nothing'}`);
  return [...new Set(items)];
}

const rowList = (text: string) => list(text, '--rows expects names such as pixelcnn,row-lstm');

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

/** A path of the command line: relative to where the user stands. */
const path = (text: string) => userPath(text, 'exp');

const program = new Command('pnpm exp')
  .description('Runs an experiment: trains its rows, evaluates them, writes the table and the plots.')
  .argument('<id>', "an experiment's id, or list")
  .addOption(new Option('--preset <name>', 'size of the runs').choices(presetNames).default('smoke'))
  .option('--rows <names>', 'rows to run, such as pixelcnn,row-lstm; all by default', rowList)
  .option('--seeds <numbers>', 'seeds of the runs, such as 0,1', seedList, [0])
  .option(
    '--set <key=value>',
    'change a setting of the preset; may be repeated',
    (text: string, set: Record<string, unknown>) =>
      Object.fromEntries([...Object.entries(set), parseAssignment(text)]),
    {},
  )
  .option(
    '--config <file>',
    "repeat the run of a run folder's config.json: its row, preset, seed and settings",
    path,
  )
  .addOption(
    new Option('--out <dir>', 'folder for runs, tables and plots')
      .argParser(path)
      .default(path('runs'), 'runs'),
  )
  .option('--fresh', 'discard earlier runs of the chosen rows and seeds', false)
  .option('--jobs <n>', 'runs at a time, each in a process of its own', jobCount, 1)
  .option('--dry-run', 'print rows, layers, parameters, time and memory; train nothing', false)
  .addOption(
    new Option('--samples-only', "draw finished runs' samples again, train and measure nothing")
      .conflicts(['preset', 'config', 'fresh', 'jobs', 'dryRun'])
      .default(false),
  )
  .option('--data-dir <dir>', 'folder of the datasets; else PIXELRNN_DATA_DIR, else the cache folder', path)
  .exitOverride()
  .action(async (id: string, flags: Flags) => {
    if (id === 'list') {
      for (const experiment of experiments) {
        console.log(`${experiment.id}  ${experiment.title}`);
        for (const row of experiment.rows)
          console.log(`    ${row.name}${row.model || row.closedForm ? '' : '  (not yet run, or quoted)'}`);
      }
      return;
    }
    const experiment = findExperiment(id);
    const options = flags.config ? { ...flags, ...(await repeated(id, flags.config)) } : flags;
    if (flags.dryRun) return printPlan(experiment, options);
    if (flags.samplesOnly) return fail(await redrawSamples(experiment, flags));
    const { table, failures } = await runExperiment(experiment, options);
    if (table.rows.some(({ test }) => test !== null)) {
      console.log(formatTable(table));
      console.log(`Table, plots and runs: ${join(flags.out, id)}`);
    }
    fail(failures);
  });

function fail(failures: readonly RunFailure[]): void {
  for (const { row, seed, message } of failures) console.error(`pnpm exp: ${row}, seed ${seed}: ${message}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** What `--config` stands for. @throws UsageError beside options that say the same */
async function repeated(id: string, path: string) {
  for (const name of ['preset', 'rows', 'seeds', 'set']) {
    if (program.getOptionValueSource(name) === 'cli') {
      throw new UsageError(`--config stands for --preset, --rows, --seeds and --set: leave out --${name}.`);
    }
  }
  return readRunConfig(path, id);
}

// A reader that has seen enough, such as head, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error(`pnpm exp: ${(error as Error).message}`);
  if (error instanceof TrainingError) process.exit(error.exitCode);
  process.exit(error instanceof UsageError ? 2 : 1);
}
