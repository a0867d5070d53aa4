import { fileURLToPath } from 'node:url';
import { loadEngine } from '@pixelrnn/engine';
import { userPath } from '@pixelrnn/files';
import { Command, CommanderError, Option } from 'commander';
import { dataDirOption } from './cliOptions.js';
import { adopt } from './results/adopt.js';
import { staleTexts, writeResults } from './results/generate.js';
import { resultsFolder } from './results/loadPretrained.js';
import { measureAll } from './results/measureAll.js';
import { isUsage } from './runner/usageError.js';

const place = {
  results: resultsFolder,
  readme: fileURLToPath(new URL('../../README.md', import.meta.url)),
};

const program = new Command('pnpm results')
  .description(
    'Generates results/README.md, the table in README.md, model cards, tables and plots from the committed runs.',
  )
  .option('--check', 'write nothing; exit code 1 where a file differs from a fresh one', false)
  .action(async ({ check }: { check: boolean }) => {
    if (!check) {
      await loadEngine({ quiet: true }); // figures of an experiment's own may need a model
      return writeResults(place);
    }
    const stale = await staleTexts(place);
    for (const path of stale)
      console.error(`pnpm results: ${path} differs from a fresh one: run pnpm results.`);
    if (stale.length > 0) process.exitCode = 1;
  });

program
  .command('adopt <folder>')
  .description(
    'copies a finished run, <out>/<id>/runs/<row>/seed-<n>, into results/, once its weights have been measured again',
  )
  .addOption(dataDirOption('results'))
  .action(async (folder: string, { dataDir }: { dataDir?: string }) => {
    console.log(
      await adopt(userPath(folder, 'results'), {
        results: place.results,
        ...(dataDir !== undefined && { dataDir }),
      }),
    );
    await writeResults(place);
  });

program
  .command('measure [names...]')
  .description(
    'evaluates committed weights, such as table4/pixelcnn, on the real data again, all by default; nothing is trained. Prints committed and measured numbers side by side; exit code 1 where they differ by more than 1e-4 of the number, or one cannot be measured',
  )
  .addOption(dataDirOption('results'))
  .addOption(
    new Option('--results <dir>', 'folder of the committed runs')
      .argParser((text) => userPath(text, 'results'))
      .default(resultsFolder, 'results'),
  )
  .action(async (names: string[], options: { dataDir?: string; results: string }) => {
    await loadEngine();
    if (!(await measureAll(names, options))) process.exitCode = 1;
  });

try {
  for (const command of [program, ...program.commands]) command.exitOverride();
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exit(error.exitCode === 0 ? 0 : 2);
  console.error(`pnpm results: ${(error as Error).message}`);
  process.exit(isUsage(error) ? 2 : 1);
}
