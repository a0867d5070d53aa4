import { userPath } from '@pixelrnn/files';
import { generate, nearestImages } from '@pixelrnn/generation';
import { besideGrid, generationOrder, imageGrid } from '@pixelrnn/plots';
import { Command, Option } from 'commander';
import { classesFor, integer, options, progressBar, UsageError } from './command.js';
import { isPicture, prepareFiles, prepareImages, write, writeFolder } from './imageFiles.js';
import { type DatasetFlags, modelArgument, openDataset, openModel } from './inputs.js';

interface Flags extends DatasetFlags {
  out: string;
  count: number;
  seed: number;
  temperature: number;
  class?: number[];
  guidance?: number;
  order?: string;
  beside?: string;
  nearest?: string;
  json?: boolean;
}

const path = (text: string) => userPath(text, 'sample');

/** `pnpm sample`. */
export const sampleCommand = (signal: AbortSignal): Command =>
  new Command('pnpm sample')
    .description('Draws images from a trained model.')
    .argument(...modelArgument, path)
    .requiredOption('--out <path>', 'a PNG with a grid of them, or a folder for a PNG of each', path)
    .option('--count <number>', 'how many', integer(1, 100_000), 64)
    .addOption(options.seed())
    .addOption(options.temperature())
    .addOption(options.classes())
    .addOption(options.guidance())
    .option('--order <file>', 'an animated GIF of the order in which pixels are drawn', path)
    .addOption(options.dataset())
    .addOption(
      new Option('--split <name>', 'of the dataset').choices(['train', 'valid', 'test']).default('train'),
    )
    .option('--beside <file>', 'a PNG of the samples beside as many images of the dataset', path)
    .option(
      '--nearest <file>',
      'a PNG of each sample with the nearest image of the dataset to its right',
      path,
    )
    .addOption(options.dataDir(path))
    .addOption(options.json())
    .action(async (modelPath: string, flags: Flags) => {
      if ((flags.beside ?? flags.nearest) !== undefined && flags.dataset === undefined) {
        throw new UsageError('--beside and --nearest need --dataset.');
      }
      const { model, shape } = await openModel(modelPath, flags);
      await prepareImages(flags.out);
      await prepareFiles(flags.order, flags.beside, flags.nearest);
      const dataset = flags.dataset === undefined ? null : await openDataset(flags, shape);
      const { count, seed, temperature, guidance, out } = flags;
      const bar = progressBar('sampling');
      const start = performance.now();
      const condition = classesFor(flags.class, count);
      const { onProgress } = bar;
      const images = await generate(model, {
        count,
        seed,
        temperature,
        guidance,
        condition,
        signal,
        onProgress,
      }).finally(bar.stop);
      const seconds = (performance.now() - start) / 1000;

      const grid = { ...shape, images, count };
      const files = [out];
      if (isPicture(out)) await write(out, await imageGrid(grid));
      else await writeFolder(out, images, count, shape);
      if (flags.order) {
        await write(flags.order, await generationOrder(grid));
        files.push(flags.order);
      }
      if (dataset && flags.beside) {
        const { intensities: real } = dataset
          .batches({ batchSize: Math.min(count, dataset.count), seed })
          .next().value;
        const shown = real.length / (images.length / count);
        const samples = images.subarray(0, real.length);
        await write(
          flags.beside,
          await besideGrid({ ...grid, images: samples, count: shown, beside: real, arrangement: 'halves' }),
        );
        files.push(flags.beside);
      }
      if (dataset && flags.nearest) {
        const { images: beside } = nearestImages(images, batchesOf(dataset.sequentialBatches(1000)), shape);
        await write(flags.nearest, await besideGrid({ ...grid, beside, arrangement: 'pairs' }));
        files.push(flags.nearest);
      }
      const summary = {
        model: modelPath,
        ...shape,
        count,
        seed,
        temperature,
        guidance: guidance ?? 1,
        seconds,
        files,
      };
      console.log(
        flags.json
          ? JSON.stringify(summary)
          : `${files.join(', ')}: ${count} images in ${seconds.toFixed(1)} s`,
      );
    });

function* batchesOf(batches: Iterable<{ intensities: Uint8Array }>): Iterable<Uint8Array> {
  for (const { intensities } of batches) yield intensities;
}
