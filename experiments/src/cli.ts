import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { Command, CommanderError, Option } from 'commander';
import { type PresetName, presetNames } from './experiment.js';
import { printPlan } from './printPlan.js';
import { formatTable } from './printTable.js';
import { experiments, findExperiment } from './registry.js';
import { runExperiment } from './runExperiment.js';
import { parseAssignment } from './settings.js';
import { UsageError } from './usageError.js';

interface Flags {
  preset: PresetName;
  rows?: string[];
  seeds: number[];
  set: Record<string, unknown>;
  out: string;
  fresh: boolean;
  dryRun: boolean;
  dataDir?: string;
}

const list = (text: string) => text.split(',').filter((item) => item !== '');

function seedList(text: string): number[] {
  return list(text).map((item) => {
    const seed = Number(item);
    if (!/^\d+$/.test(item) || seed > 0xffffffff)
      throw new UsageError(`--seeds expects numbers such as 0,1,2, got ${text}`);
    return seed;
  });
}

const program = new Command('pnpm exp')
  .description('Runs an experiment: trains its rows, evaluates them, writes the table and the plots.')
  .argument('<id>', "an experiment's id, or list")
  .addOption(new Option('--preset <name>', 'size of the runs').choices(presetNames).default('smoke'))
  .option('--rows <names>', 'rows to run, such as pixelcnn,row-lstm; all by default', list)
  .option('--seeds <numbers>', 'seeds of the runs, such as 0,1', seedList, [0])
  .option(
    '--set <key=value>',
    'change a setting of the preset; may be repeated',
    (text: string, set: Record<string, unknown>) =>
      Object.fromEntries([...Object.entries(set), parseAssignment(text)]),
    {},
  )
  .option('--out <dir>', 'folder for runs, tables and plots', 'runs')
  .option('--fresh', 'discard earlier runs of the chosen rows and seeds', false)
  .option('--dry-run', 'print rows, layers and settings; train nothing', false)
  .option('--data-dir <dir>', 'folder of the datasets; else PIXELRNN_DATA_DIR, else the cache folder')
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
    if (flags.dryRun) {
      await loadEngine({ engine: 'cpu', quiet: true });
      await printPlan(experiment, flags);
      return;
    }
    const table = await runExperiment(experiment, flags);
    console.log(formatTable(table));
    console.log(`Table, plots and runs: ${join(flags.out, id)}`);
  });

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
  process.exit(error instanceof UsageError ? 2 : 1);
}
