import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { basename, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { experiments } from '@pixelrnn/experiments';
import { FileError, userPath } from '@pixelrnn/files';
import { Command, Option } from 'commander';
import { CommandError, integer, UsageError } from '../generation/command.js';
import { prepareFiles } from '../generation/imageFiles.js';
import { differences } from './compare.js';
import { executeNotebook } from './execute.js';
import { readNotebook, writeNotebook } from './notebookFile.js';
import { skeleton } from './skeleton.js';

const folder = fileURLToPath(new URL('../../notebooks', import.meta.url));

/** The notebooks of a folder, without what lies in folders below it. */
export const notebooksIn = async (place: string): Promise<string[]> =>
  (await readdir(place)).filter((name) => name.endsWith('.ipynb')).sort();

/** `pnpm notebooks`. */
export function notebooksCommand(signal: AbortSignal, place = folder): Command {
  const command = new Command('notebooks').description(
    'Executes notebooks, starts new ones, checks committed ones.',
  );
  const jobs = () =>
    new Option('--jobs <number>', 'notebooks at a time').argParser(integer(1, 64)).default(2);
  command
    .command('run')
    .description(
      'executes notebooks with the real kernel, all by default, in place; a notebook that fails stays as it was',
    )
    .argument('[names...]', 'with or without .ipynb')
    .option('--out <dir>', 'write the executed notebooks there instead', (text) =>
      userPath(text, 'notebooks'),
    )
    .addOption(jobs())
    .action(async (names: string[], { out, jobs }: { out?: string; jobs: number }) => {
      const target = out ?? place;
      const wanted = await chosen(place, names);
      await prepareFiles(...wanted.map((name) => join(target, name)));
      await each(wanted, jobs, async (name) => {
        await writeNotebook(join(target, name), await executeNotebook(join(place, name), signal));
        return 'executed';
      });
    });
  command
    .command('check')
    .description('executes notebooks and tells which committed outputs differ; writes nothing')
    .argument('[names...]', 'with or without .ipynb')
    .addOption(jobs())
    .action(async (names: string[], { jobs }: { jobs: number }) => {
      await each(await chosen(place, names), jobs, async (name) => {
        const committed = await readNotebook(join(place, name));
        const lines = differences(committed, await executeNotebook(join(place, name), signal));
        if (lines.length === 0) return 'as committed';
        throw new CommandError([`${name} differs from a fresh run:`, ...lines].join('\n  '));
      });
    });
  command
    .command('new')
    .description('starts a notebook from the skeleton; scratch/NAME is left alone by git and by the tests')
    .argument('<name>', 'of the file, without .ipynb; with the id of an experiment, a notebook of that')
    .option('--experiment <id>', 'the experiment that it is about, if that is not its name')
    .action(async (name: string, { experiment: id }: { experiment?: string }) => {
      const file = fileOf(name);
      if (!isWithin(place, file) || basename(file).startsWith('.')) {
        throw new UsageError(
          `A notebook in ${place} cannot be named '${name}': expected a name such as table7 or scratch/idea.`,
        );
      }
      const path = join(place, file);
      if (existsSync(path)) throw new UsageError(`${path} is there already: choose another name.`);
      const wanted = id ?? name;
      const experiment = experiments.find((candidate) => candidate.id === wanted);
      if (!experiment && id !== undefined) {
        const ids = experiments.map((candidate) => candidate.id);
        throw new UsageError(`Unknown experiment ${id}: expected one of ${ids.join(', ')}.`);
      }
      await prepareFiles(path);
      await writeNotebook(path, skeleton(experiment ?? (experiments[0] as (typeof experiments)[number])));
      console.log(`${path}: open it with \`pnpm lab\`, execute it with \`pnpm notebooks run ${name}\``);
    });
  for (const sub of [command, ...command.commands]) sub.exitOverride();
  return command;
}

/** The file of a name with or without .ipynb. */
const fileOf = (name: string) => `${name.replace(/\.ipynb$/, '')}.ipynb`;

/** Whether a path that begins in a folder stays in it. */
const isWithin = (folder: string, path: string) =>
  !isAbsolute(path) && !/^\.\.([/\\]|$)/.test(relative(folder, join(folder, path)));

async function chosen(place: string, names: readonly string[]): Promise<string[]> {
  const known = await notebooksIn(place);
  if (names.length === 0) return known;
  const wanted = names.map(fileOf);
  const unknown = wanted.filter((name) => !isWithin(place, name) || !existsSync(join(place, name)));
  if (unknown.length === 0) return wanted;
  throw new UsageError(`There is no ${unknown.join(', ')}: expected one of ${known.join(', ')}.`);
}

/** Does something with each notebook, some at a time; all are tried before it fails. */
async function each(
  names: readonly string[],
  jobs: number,
  act: (name: string) => Promise<string>,
): Promise<void> {
  const queue = [...names];
  const failures: string[] = [];
  const worker = async () => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const begun = performance.now();
      try {
        const said = await act(name);
        console.log(`${name}: ${said}, ${((performance.now() - begun) / 1000).toFixed(0)} s`);
      } catch (error) {
        if (!(error instanceof CommandError || error instanceof FileError)) throw error;
        console.log(`${name}: failed`);
        failures.push(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  if (failures.length > 0) throw new CommandError(failures.join('\n'));
}
