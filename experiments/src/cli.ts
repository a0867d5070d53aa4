import { join } from 'node:path';
import type { ResultTable } from '@pixelrnn/metrics';
import { openCommunicator } from '@pixelrnn/mpi';
import { TrainingError } from '@pixelrnn/training';
import { Command, CommanderError, Option } from 'commander';
import {
  type ImageFlags,
  imageOptions,
  imageSettings,
  outOption,
  type RunFlags,
  rowList,
  stepCount,
  userFile,
  withImageOptions,
  withRunOptions,
} from './cliOptions.js';
import { canRun, type Experiment } from './experiment.js';
import { cancel } from './launcher/cancel.js';
import { collect } from './launcher/collect.js';
import { launcherOf, slurmOptionsOf } from './launcher/launcherOptions.js';
import { slurmCommands } from './launcher/slurm.js';
import { previewSubmission } from './launcher/slurmLauncher.js';
import { experiments, findExperiment, namedExperiments } from './registry.js';
import { resultsFolder } from './results/loadPretrained.js';
import { followRankZero, requireSameCommand } from './runner/followRankZero.js';
import type { RunFailure } from './runner/grid.js';
import { printCampaign, printPlan } from './runner/printPlan.js';
import { printStatus } from './runner/printStatus.js';
import { formatTable } from './runner/printTable.js';
import { RankZero } from './runner/rankZero.js';
import { redrawSamples } from './runner/redrawSamples.js';
import { runAll } from './runner/runAll.js';
import { readRunConfig } from './runner/runConfig.js';
import { type ExperimentOutcome, planWork, runExperiment } from './runner/runExperiment.js';
import { parseTry, tryRecipes } from './runner/tryRecipes.js';
import { isUsage, UsageError } from './runner/usageError.js';

interface Flags extends RunFlags, ImageFlags {
  rows?: string[];
  config?: string;
  samplesOnly: boolean;
  try?: Record<string, unknown[]>;
  steps?: number;
  results: string;
}

const program = new Command('pnpm exp').description('Experiments: the tables and ablations of the papers.');

const experiment = withImageOptions(
  withRunOptions(
    program
      .command('run <id>', { isDefault: true })
      .description(
        'an experiment: trains its rows, evaluates them, writes the table and the plots; `run` may be left out',
      ),
  ),
)
  .option('--rows <names>', 'rows to run, such as pixelcnn,row-lstm; all by default', rowList)
  .option(
    '--config <file>',
    "repeat the run of a run folder's config.json: its row, preset, seed and settings",
    userFile,
  )
  .addOption(
    new Option('--samples-only', "draw finished runs' samples again, train and measure nothing")
      .conflicts(['preset', 'config', 'fresh', 'jobs', 'dryRun', 'launcher', ...imageOptions])
      .default(false),
  )
  .addOption(
    new Option(
      '--try <key=v1,v2>',
      'short runs of --steps with each value, written into recipes.json; may be repeated',
    )
      .conflicts(['samplesOnly', 'fresh', 'jobs', 'dryRun'])
      .argParser((text: string, tries: Record<string, unknown[]> = {}) =>
        Object.fromEntries([...Object.entries(tries), parseTry(text)]),
      ),
  )
  .option('--steps <n>', 'steps of each short run of --try', stepCount)
  .addOption(
    new Option('--results <dir>', 'folder of recipes.json')
      .argParser(userFile)
      .default(resultsFolder, 'results'),
  )
  .action(runOne);

withRunOptions(
  program
    .command('all')
    .description('every row of every experiment, the most wanted tables first; one failure does not stop it'),
).action(runEvery);

program
  .command('status [id]')
  .description('how every run stands, read from the run folders; of runs submitted to Slurm also from squeue')
  .addOption(outOption())
  .action(async (id: string | undefined, { out }: { out: string }) => {
    if (!(await printStatus(out, id))) process.exitCode = 1;
  });

program
  .command('cancel <id>')
  .description(
    'slurm: cancels what was submitted of an experiment, for good; each run that trains saves first',
  )
  .addOption(outOption())
  .action(async (id: string, { out }: { out: string }) => {
    const jobs = await cancel(out, findExperiment(id).id, slurmCommands);
    console.log(jobs.length > 0 ? `cancelled: ${jobs.join(', ')}` : 'nothing runs or waits any more');
  });

program
  .command('collect <id>')
  .description('slurm: submits again what is lost, and writes table and plots of what has ended')
  .addOption(outOption())
  .action(async (id: string, { out }: { out: string }) => {
    const { table, open, failed } = await collect(findExperiment(id), out, slurmCommands);
    printTable(id, table, out);
    for (const line of open) console.error(line);
    if (failed) process.exitCode = 1;
  });

program.command('list').description('the experiments and their rows').action(printList);

function printList(): void {
  for (const { id, title, rows } of namedExperiments) {
    console.log(`${id}  ${title}`);
    for (const row of rows) console.log(`    ${row.name}${canRun(row) ? '' : '  (quoted from the paper)'}`);
  }
}

async function runOne(id: string, given: Flags): Promise<void> {
  const chosen = findExperiment(id);
  const flags = {
    ...given,
    set: given.samplesOnly ? given.set : { ...given.set, ...imageSettings(id, given) },
  };
  const options = flags.config ? { ...flags, ...(await repeated(chosen, flags.config)) } : flags;
  if (flags.try) {
    if (ranks) throw new UsageError('--try trains in one process: start it without MPI.');
    if (flags.launcher !== 'local') throw new UsageError('--try runs here: leave out --launcher slurm.');
    if (flags.steps === undefined) throw new UsageError('--try needs --steps, the steps of each short run.');
    if ('steps' in given.set) {
      throw new UsageError('Each short run of --try has the steps of --steps: leave out --set steps.');
    }
    return report(
      await tryRecipes(chosen, { ...options, values: flags.try, steps: flags.steps, results: flags.results }),
    );
  }
  if (flags.steps !== undefined)
    throw new UsageError('--steps belongs to --try; for a run, use --set steps=n.');
  if (flags.dryRun) return printDryRun(chosen, options);
  if (flags.samplesOnly) return report((await redrawSamples(chosen, flags)).map(failureText));
  const outcome = await runExperiment(chosen, { ...options, ranks }, launcherOf(flags));
  printOutcome(chosen, outcome, flags.out);
  report(outcome.failures.map(failureText));
}

async function runEvery(flags: RunFlags): Promise<void> {
  const slurm = slurmOptionsOf(flags);
  if (flags.dryRun) {
    if (slurm === null) return report(await printCampaign(flags));
    for (const each of experiments) await printDryRun(each, flags);
    return;
  }
  if (slurm !== null) await slurmCommands.queue(); // without Slurm nothing of all this begins
  const print = (each: Experiment, outcome: ExperimentOutcome) => printOutcome(each, outcome, flags.out);
  const failures = await runAll({ ...flags, ranks }, print, experiments, launcherOf(flags));
  report(
    failures.map(({ experiment, row, seed, message }) =>
      row === undefined ? `${experiment}: ${message}` : `${experiment} ${row}, seed ${seed}: ${message}`,
    ),
  );
}

/** The plan; with Slurm the script that would be submitted. */
async function printDryRun(chosen: Experiment, flags: RunFlags): Promise<void> {
  const slurm = slurmOptionsOf(flags);
  if (slurm === null) return printPlan(chosen, flags);
  console.log(await previewSubmission(await planWork(chosen, flags), slurm));
}

function printOutcome({ id }: Experiment, { table, submitted }: ExperimentOutcome, out: string): void {
  if (submitted === null) {
    printTable(id, table, out);
    return;
  }
  const { job, tasks } = submitted;
  console.log(
    `${id}: submitted as job ${job} with ${tasks} ${tasks === 1 ? 'task' : 'tasks'}. How they stand: pnpm exp status ${id} --out ${out}; the table: pnpm exp collect ${id} --out ${out}`,
  );
}

function printTable(id: string, table: ResultTable, out: string): void {
  const { page } = findExperiment(id);
  if (page !== undefined) {
    console.log(`Figures: ${join(out, id, page)}`);
    return;
  }
  if (table.rows.every((row) => row[table.split] === null)) return;
  console.log(formatTable(table));
  console.log(`Table, plots and runs: ${join(out, id)}`);
}

const failureText = ({ row, seed, message }: RunFailure) => `${row}, seed ${seed}: ${message}`;

/** What failed, on stderr: exit code 1. */
function report(failures: readonly string[]): void {
  for (const failure of failures) console.error(`pnpm exp: ${failure}`);
  if (failures.length > 0) process.exitCode = 1;
}

/** What `--config` stands for. @throws UsageError beside options that say the same */
async function repeated(chosen: Experiment, path: string) {
  for (const option of experiment.options) {
    const images = imageOptions.includes(option.attributeName());
    if (!images && !['preset', 'rows', 'seeds', 'set'].includes(option.attributeName())) continue;
    if (experiment.getOptionValueSource(option.attributeName()) === 'cli') {
      const stands = `--preset, --rows, --seeds and --set${images ? ', and for the options of images' : ''}`;
      throw new UsageError(`--config stands for ${stands}: leave out ${option.long}.`);
    }
  }
  return readRunConfig(path, chosen);
}

/** `table4 --help` asks for the help of `run`, which may be left out; commander would print that of `pnpm exp`. */
function withHelpOfRun(given: readonly string[]): string[] {
  const [first = '-'] = given;
  const named = first.startsWith('-') || program.commands.some((command) => command.name() === first);
  const help = given.includes('--help') || given.includes('-h');
  return named || first === 'help' || !help ? [...given] : ['run', ...given];
}

// A reader that has seen enough, such as head, closes the pipe.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

let ranks: RankZero | undefined;
try {
  const communicator = await openCommunicator();
  if (communicator.size > 1) {
    requireSameCommand(communicator, process.argv.slice(2));
    if (communicator.rank > 0) process.exit(await followRankZero(communicator));
    ranks = new RankZero(communicator);
  }
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync(withHelpOfRun(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error(`pnpm exp: ${(error as Error).message}`);
  if (error instanceof TrainingError) process.exit(error.exitCode);
  process.exit(isUsage(error) ? 2 : 1);
}
