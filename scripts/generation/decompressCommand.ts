import { readFile } from 'node:fs/promises';
import { userPath } from '@pixelrnn/files';
import { decompress, inspectCompressed } from '@pixelrnn/generation';
import { Command, Option } from 'commander';
import { classesFor, integer, options, progressBar } from './command.js';
import { failed, isPicture, prepareImages, writeFolder, writeTiles } from './imageFiles.js';
import { modelArgument, openModel } from './inputs.js';

interface Flags {
  out: string;
  class?: number[];
  maxBytes?: number;
  json?: boolean;
}

const path = (text: string) => userPath(text, 'decompress');

/** `pnpm decompress`. */
export const decompressCommand = (signal: AbortSignal): Command =>
  new Command('pnpm decompress')
    .description('Gives back the images of a file of pnpm compress.')
    .argument(...modelArgument, path)
    .argument('<file>', 'the compressed file', path)
    .requiredOption('--out <path>', 'a PNG of tiles without gaps, or a folder for a PNG of each', path)
    .addOption(options.classes())
    .addOption(
      new Option(
        '--max-bytes <number>',
        'refuse a file of more bytes of images, one for each pixel and colour; else 2^28, 268435456',
      ).argParser(integer(1, 2 ** 40)),
    )
    .addOption(options.json())
    .action(async (modelPath: string, from: string, flags: Flags) => {
      const { model } = await openModel(modelPath, flags);
      await prepareImages(flags.out);
      const file = await readFile(from).catch(failed(`${from} should be a compressed file`));
      const bar = progressBar('decompressing');
      const { onProgress } = bar;
      const start = performance.now();
      const condition = flags.class && classesFor(flags.class, (await inspectCompressed(file)).count);
      const { maxBytes } = flags;
      const decoded = await decompress(model, file, { condition, signal, onProgress, maxBytes }).finally(
        bar.stop,
      );
      const seconds = (performance.now() - start) / 1000;
      const { images, count, ...shape } = decoded;
      await (isPicture(flags.out) ? writeTiles : writeFolder)(flags.out, images, count, shape);
      const summary = { model: modelPath, ...shape, count, bytes: file.length, seconds, files: [flags.out] };
      console.log(
        flags.json ? JSON.stringify(summary) : `${flags.out}: ${count} images in ${seconds.toFixed(1)} s`,
      );
    });
