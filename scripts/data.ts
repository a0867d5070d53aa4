// `pnpm data`: which datasets there are and where; fetches, verifies and shows them.
import { writeFile } from 'node:fs/promises';
import {
  type CatalogEntry,
  type CatalogOptions,
  catalog,
  DataError,
  type DatasetSplits,
  defaultDataDir,
} from '@pixelrnn/data';
import { userPath } from '@pixelrnn/files';
import { imageGrid } from '@pixelrnn/plots';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { byteBar } from './byteBar.js';

class UsageError extends Error {}

const program = new Command('pnpm data')
  .description('Lists, fetches, verifies and shows the datasets.')
  .exitOverride();
/** A path of the command line: relative to where the user stands. */
const path = (text: string) => userPath(text, 'data');
const dataDir = () =>
  new Option(
    '--data-dir <dir>',
    'folder of the datasets; else PIXELRNN_DATA_DIR, else the cache folder',
  ).argParser(path);

const skipBad = () =>
  new Option(
    '--skip-bad',
    'leave out photos that are damaged or too small; they are listed, and counted in the name',
  );

function find(id: string): CatalogEntry {
  const entry = catalog.find((candidate) => candidate.id === id);
  if (entry) return entry;
  throw new UsageError(
    `Unknown dataset ${id}: expected one of ${catalog.map((known) => known.id).join(', ')}.`,
  );
}

/** What is wrong with one set, which must not hide the others; an error that nobody foresaw with where it came from. */
function sentenceOf(error: unknown): string {
  if (error instanceof DataError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

interface SetFlags {
  dataDir?: string;
  skipBad?: boolean;
}

/** Runs `work` with a progress bar, which is gone from the terminal before anything else is printed, and tells its notes. */
async function withBar<T>(
  work: (report: Required<Pick<CatalogOptions, 'onProgress' | 'onNote'>>) => Promise<T>,
): Promise<T> {
  const { onProgress, stop } = byteBar();
  const notes: string[] = [];
  try {
    return await work({ onProgress, onNote: (note) => notes.push(note) });
  } finally {
    stop();
    for (const note of notes) console.error(note);
  }
}

function describe({ train, valid, test }: DatasetSplits): string {
  const { name, height, width, channels, labels } = train;
  const checksums = Object.entries({ ...train.checksums, ...valid.checksums, ...test.checksums });
  return [
    `${name}: ${train.count} training, ${valid.count} validation${valid === test ? ', which are the test images too' : `, ${test.count} test images`}, ${height}x${width}x${channels}${labels ? ', labels' : ''}`,
    ...checksums.map(([file, sha256]) => `  ${sha256}  ${file}`),
  ].join('\n');
}

program
  .command('list')
  .description('the datasets, and which of them are there')
  .addOption(dataDir())
  .action(async (flags: { dataDir?: string }) => {
    const folder = flags.dataDir ?? defaultDataDir();
    console.log(`Data folder: ${folder}`);
    const width = Math.max(...catalog.map(({ id }) => id.length));
    for (const { id, title, locate } of catalog) {
      const place = await locate(folder).catch(sentenceOf);
      console.log(`${id.padEnd(width)}  ${title}\n${' '.repeat(width)}  ${place ?? 'not there'}`);
    }
  });

program
  .command('fetch')
  .description('fetches what is missing, verifies it, and packs small ImageNet')
  .argument('<set>')
  .addOption(dataDir())
  .addOption(skipBad())
  .action(async (id: string, flags: SetFlags) => {
    const entry = find(id);
    console.log(describe(await withBar((report) => entry.load({ ...flags, ...report }))));
  });

program
  .command('verify')
  .description('reads every file of the given sets, or of all that are there, and checks them')
  .argument('[sets...]')
  .addOption(dataDir())
  .addOption(skipBad())
  .action(async (ids: string[], flags: SetFlags) => {
    const folder = flags.dataDir ?? defaultDataDir();
    const there: CatalogEntry[] = [];
    // What is there but not whole is to be verified too: that tells what is wrong with it.
    for (const entry of catalog) if (await entry.locate(folder).catch(sentenceOf)) there.push(entry);
    for (const entry of ids.length > 0 ? ids.map(find) : there) {
      try {
        const splits = await withBar((report) => entry.verify({ ...flags, ...report }));
        console.log(`verified ${describe(splits)}`);
      } catch (error) {
        console.error(`pnpm data: ${entry.id}: ${sentenceOf(error)}`);
        process.exitCode = 1;
      }
    }
  });

program
  .command('show')
  .description('draws images of a set, with their labels in the same places below')
  .argument('<set>')
  .requiredOption('--out <file>', 'the picture, a PNG', path)
  .addOption(
    new Option('--split <name>', 'which images').choices(['train', 'valid', 'test']).default('train'),
  )
  .option('--count <number>', 'how many images', positive, 64)
  .option('--seed <number>', 'which ones: the first batch of training with this seed', seed, 0)
  .addOption(dataDir())
  .addOption(skipBad())
  .action(async (id: string, flags: ShowFlags) => {
    await show(find(id), flags);
  });

interface ShowFlags extends SetFlags {
  out: string;
  split: keyof DatasetSplits;
  count: number;
  seed: number;
}

async function show(entry: CatalogEntry, { out, split, count, seed, ...flags }: ShowFlags): Promise<void> {
  const splits = await withBar((report) => entry.load({ ...flags, ...report }));
  const dataset = splits[split];
  const batchSize = Math.min(count, dataset.count);
  const { intensities: images, labels } = dataset.batches({ batchSize, seed }).next().value;
  const { height, width, channels, levels, name } = dataset;
  const columns = Math.ceil(Math.sqrt(batchSize));
  const shape = { count: batchSize, height, width, channels, levels };
  const picture = await imageGrid({ images, ...shape, columns, scale: height < 64 ? 2 : 1 });
  await writeFile(out, picture).catch((cause: NodeJS.ErrnoException) => {
    const remedy = 'make its folder, or make it writable, or choose another --out';
    throw new Error(`${out} should be written, but that gave ${cause.code}: ${remedy}.`, { cause });
  });
  console.log(`${out}: ${batchSize} images of ${name}, ${split} split`);
  if (!labels) return;
  const words = Array.from(labels, (label) => entry.classes?.[label] ?? String(label));
  const longest = Math.max(...words.map(({ length }) => length));
  for (let first = 0; first < words.length; first += columns) {
    const row = words.slice(first, first + columns).map((word) => word.padEnd(longest));
    console.log(row.join('  ').trimEnd());
  }
}

function integer(text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
}

function positive(text: string): number {
  return integer(text, 1, 10_000);
}

function seed(text: string): number {
  return integer(text, 0, 2 ** 32 - 1);
}

process.once('SIGINT', () => {
  console.error(
    '\nInterrupted. The same command goes on with what came from an address; what npm fetches and packing begin again.',
  );
  process.exit(130);
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
  console.error(`pnpm data: ${(error as Error).message}`);
  process.exit(error instanceof UsageError || (error instanceof DataError && error.code === 'usage') ? 2 : 1);
}
