import { userPath } from '@pixelrnn/files';
import { complete, type Occlusion, occlusion, occlusions } from '@pixelrnn/generation';
import { imageGrid } from '@pixelrnn/plots';
import { Command, Option } from 'commander';
import { classesFor, integer, options, progressBar, UsageError } from './command.js';
import { isPicture, prepareImages, readImages, write, writeFolder } from './imageFiles.js';
import { type ImageFlags, modelArgument, openImages, openModel } from './inputs.js';

interface Flags extends ImageFlags {
  out: string;
  missing: Occlusion;
  known?: string;
  each: number;
  seed: number;
  temperature: number;
  class?: number[];
  guidance?: number;
  json?: boolean;
}

const path = (text: string) => userPath(text, 'complete');

/** `pnpm complete`. */
export const completeCommand = (signal: AbortSignal): Command =>
  new Command('pnpm complete')
    .description('Completes images: draws their missing pixels from a trained model.')
    .argument(...modelArgument, path)
    .addOption(options.images(path))
    .addOption(options.dataset())
    .addOption(options.split())
    .addOption(options.imageCount(100_000))
    .requiredOption('--out <path>', 'a PNG with a grid, or a folder for a PNG of each', path)
    .addOption(new Option('--missing <part>', 'what is to be drawn').choices(occlusions).default('lowerHalf'))
    .addOption(
      new Option('--known <file>', 'a PNG of one image: white where a pixel is known')
        .argParser(path)
        .conflicts('missing'),
    )
    .option('--each <number>', 'completions of every image, side by side', integer(1, 1000), 1)
    .addOption(options.seed())
    .addOption(options.temperature())
    .addOption(options.classes())
    .addOption(options.guidance())
    .addOption(options.dataDir(path))
    .addOption(options.json())
    .action(async (modelPath: string, flags: Flags) => {
      const { model, shape } = await openModel(modelPath, flags);
      await prepareImages(flags.out);
      const given = await openImages(flags, shape);
      const { height, width } = shape;
      const known =
        flags.known === undefined ? occlusion(flags.missing, height, width) : await mask(flags.known, shape);
      const { seed, temperature, guidance, each, out } = flags;
      const count = given.count * each;
      const images = repeated(given.images, given.count, each);
      const condition = classesFor(flags.class, count);
      const bar = progressBar('completing');
      const { onProgress } = bar;
      const start = performance.now();
      const completed = await complete(model, {
        ...{ images, known, seed, temperature, guidance, condition, signal, onProgress },
      }).finally(bar.stop);
      const seconds = (performance.now() - start) / 1000;
      const columns = each > 1 ? each : undefined;
      if (isPicture(out)) await write(out, await imageGrid({ ...shape, images: completed, count, columns }));
      else await writeFolder(out, completed, count, shape);
      const summary = {
        model: modelPath,
        ...shape,
        images: given.count,
        each,
        seed,
        temperature,
        seconds,
        files: [out],
      };
      console.log(
        flags.json ? JSON.stringify(summary) : `${out}: ${count} completions in ${seconds.toFixed(1)} s`,
      );
    });

async function mask(path: string, { height, width }: { height: number; width: number }): Promise<Uint8Array> {
  const { images, count } = await readImages(path, { height, width, channels: 1, levels: 2 });
  if (count !== 1) throw new UsageError(`${path} should be one mask of ${width}x${height} pixels.`);
  return images;
}

function repeated(images: Uint8Array, count: number, each: number): Uint8Array {
  const size = images.length / count;
  const all = new Uint8Array(images.length * each);
  for (let i = 0; i < count * each; i++) {
    const from = Math.floor(i / each) * size;
    all.set(images.subarray(from, from + size), i * size);
  }
  return all;
}
