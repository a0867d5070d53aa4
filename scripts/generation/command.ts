import { DataError } from '@pixelrnn/data';
import { EngineError } from '@pixelrnn/engine';
import { FileError } from '@pixelrnn/files';
import { GenerationError, type GenerationProgress } from '@pixelrnn/generation';
import { PlotError } from '@pixelrnn/plots';
import { TrainingError } from '@pixelrnn/training';
import { Presets, SingleBar } from 'cli-progress';
import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';

/** What a user typed that cannot be. */
export class UsageError extends Error {}

/** A wish that cannot be carried out, in a sentence. */
export class CommandError extends Error {}

const sentences = [
  UsageError,
  CommandError,
  GenerationError,
  TrainingError,
  DataError,
  PlotError,
  EngineError,
  FileError,
];
const isUsage = (error: unknown) =>
  error instanceof UsageError ||
  (error instanceof EngineError && error.usage) ||
  ((error instanceof GenerationError || error instanceof DataError) && error.code === 'usage');

/** Runs a command with the arguments of the process, and ends it with the command's exit code. */
export async function runCommand(name: string, build: (signal: AbortSignal) => Command): Promise<void> {
  const interrupt = new AbortController();
  process.once('SIGINT', () => interrupt.abort(new CommandError('interrupted; nothing was written.')));
  // A reader that has seen enough, such as head, closes the pipe.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  const code = await execute(name, build(interrupt.signal), process.argv.slice(2));
  process.exitCode = interrupt.signal.aborted ? 130 : code;
}

/**
 * Executes a command: a sentence on stderr where it fails.
 *
 * @returns exit code: 2 for wrong usage, 1 for anything else that failed
 */
export async function execute(name: string, command: Command, args: readonly string[]): Promise<number> {
  try {
    await command.exitOverride().parseAsync(args, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (!sentences.some((kind) => error instanceof kind)) throw error;
    console.error(`pnpm ${name}: ${(error as Error).message}`);
    return isUsage(error) ? 2 : 1;
  }
}

/** Options that several commands have. */
export const options = {
  seed: () =>
    new Option('--seed <number>', 'of the noise; image i depends on it and i alone')
      .argParser(seed)
      .default(0),
  temperature: () =>
    new Option('--temperature <number>', 'logits are divided by it; below 1 the likelier images')
      .argParser(number(0))
      .default(1),
  classes: () =>
    new Option(
      '--class <number[,number...]>',
      'class of all images, or classes in turn, of a model conditioned on it',
    ).argParser(integers),
  guidance: () =>
    new Option(
      '--guidance <number>',
      'how far conditional logits are moved on from unconditional ones; 1: not',
    ).argParser(number(-1e-9)),
  json: () => new Option('--json', 'one JSON object on stdout'),
  images: (path: (text: string) => string) =>
    new Option(
      '--images <path>',
      'a PNG of one image or of tiles without gaps, or a folder of PNGs',
    ).argParser(path),
  imageCount: (most: number) =>
    new Option(
      '--count <number>',
      'so many images: the first of a PNG or folder, evenly spaced ones of a dataset',
    ).argParser(integer(1, most)),
  dataset: () => new Option('--dataset <id>', 'a dataset of `pnpm data list`'),
  split: () =>
    new Option('--split <name>', 'of the dataset').choices(['train', 'valid', 'test']).default('test'),
  dataDir: (path: (text: string) => string) =>
    new Option(
      '--data-dir <dir>',
      'folder of the datasets; else PIXELRNN_DATA_DIR, else the cache folder',
    ).argParser(path),
};

export function integer(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected an integer from ${min} to ${max}.`);
  };
}

const seed = integer(0, 2 ** 32 - 1);

function number(above: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== '' && Number.isFinite(value) && value > above) return value;
    throw new InvalidArgumentError(`Expected a number above ${Math.ceil(above)}.`);
  };
}

function integers(text: string): number[] {
  return text.split(',').map(integer(0, 1e6));
}

/** Classes for `count` images: those given, in turn. */
export const classesFor = (classes: number[] | undefined, count: number): number[] | undefined =>
  classes && Array.from({ length: count }, (_, i) => classes[i % classes.length] as number);

/** A bar on a terminal, nothing elsewhere. */
export function progressBar(what: string): {
  onProgress: (progress: GenerationProgress) => void;
  stop: () => void;
} {
  if (!process.stderr.isTTY) return { onProgress: () => {}, stop: () => {} };
  const format = `${what} {bar} {percentage} %  {eta_formatted} left`;
  const bar = new SingleBar(
    { format, stream: process.stderr, barsize: 24, clearOnComplete: true },
    Presets.shades_classic,
  );
  let started = false;
  return {
    onProgress: ({ done, total }) => {
      if (!started) bar.start(total, 0);
      started = true;
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
