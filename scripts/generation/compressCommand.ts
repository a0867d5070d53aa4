import { userPath } from '@pixelrnn/files';
import { compress } from '@pixelrnn/generation';
import { Command } from 'commander';
import { classesFor, options, progressBar } from './command.js';
import { prepareFiles, write } from './imageFiles.js';
import { type ImageFlags, modelArgument, openImages, openModel } from './inputs.js';

interface Flags extends ImageFlags {
  out: string;
  class?: number[];
  json?: boolean;
}

const path = (text: string) => userPath(text, 'compress');

/** `pnpm compress`. */
export const compressCommand = (signal: AbortSignal): Command =>
  new Command('pnpm compress')
    .description('Compresses images without loss; pnpm decompress gives them back with the same model.')
    .argument(...modelArgument, path)
    .addOption(options.images(path))
    .addOption(options.dataset())
    .addOption(options.split())
    .addOption(options.imageCount(100_000_000))
    .requiredOption('--out <file>', 'the compressed file', path)
    .addOption(options.classes())
    .addOption(options.dataDir(path))
    .addOption(options.json())
    .action(async (modelPath: string, flags: Flags) => {
      const { model, shape } = await openModel(modelPath, flags);
      await prepareFiles(flags.out);
      const { images, count } = await openImages(flags, shape);
      const bar = progressBar('compressing');
      const { onProgress } = bar;
      const start = performance.now();
      const condition = classesFor(flags.class, count);
      const file = await compress(model, images, { condition, signal, onProgress }).finally(bar.stop);
      const seconds = (performance.now() - start) / 1000;
      await write(flags.out, file);
      const bytes = file.length;
      const bitsPerDim = (8 * bytes) / images.length;
      const summary = { model: modelPath, ...shape, count, bytes, bitsPerDim, seconds, files: [flags.out] };
      const text = `${flags.out}: ${count} images in ${bytes} bytes, ${bitsPerDim.toFixed(3)} bits/dim, ${seconds.toFixed(1)} s`;
      console.log(flags.json ? JSON.stringify(summary) : text);
    });
