import { join } from 'node:path';
import type { ImageDataset } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { complete, imageShapeOf, likelihood, occlusion } from '@pixelrnn/generation';
import type * as tf from '@tensorflow/tfjs';
import { z } from 'zod';
import { completionPicture, repeatImages } from './completionPictures.js';
import type { Experiment } from './experiment.js';
import { part } from './runner/measureRow.js';
import { trainedMeasure } from './runner/trainedMeasure.js';
import { table4 } from './table4.js';

const positive = z.int().positive();

const settings = z.strictObject({
  /** Test images, evenly spaced, that are completed. */
  shown: positive,
  /** Completions of each. */
  each: positive,
});

const smoke = { data: 'fixed', testImages: 20, validImages: 20, shown: 3, each: 3 };
const cpu = { ...smoke, testImages: null, validImages: 2_000, shown: 10 };

/** The noise of the completions. */
const seed = 0;

/** Means in nats per image. */
interface Halves {
  /** The missing half given the other. */
  missing: number;
  standardError: number;
  /** Both: the likelihood of the whole image. */
  whole: number;
  perImage: number[];
}

/** Images that are evaluated at once; only sums are kept. */
const batchSize = 500;

/** The likelihood of images, parted at a mask of known pixels. */
async function natsOfHalves(
  model: tf.LayersModel,
  batches: Iterable<Uint8Array>,
  known: Uint8Array,
  signal: AbortSignal,
): Promise<Halves> {
  const perImage: number[] = [];
  const { channels } = imageShapeOf(model);
  const size = known.length * channels;
  let whole = 0;
  for (const images of batches) {
    const { nats, perPosition } = await likelihood(model, images, { signal });
    for (const [image, all] of nats.entries()) {
      let missing = 0;
      for (let i = 0; i < size; i++) {
        if (!known[Math.floor(i / channels)]) missing += perPosition[image * size + i] as number;
      }
      perImage.push(missing);
      whole += all;
    }
  }
  const count = perImage.length;
  const missing = perImage.reduce((sum, nats) => sum + nats, 0) / count;
  const squares = perImage.reduce((sum, nats) => sum + (nats - missing) ** 2, 0);
  const standardError = Math.sqrt(squares / Math.max(1, count - 1) / count);
  return { missing, standardError, whole: whole / count, perImage };
}

function* intensitiesOf(dataset: ImageDataset): Iterable<Uint8Array> {
  for (const { intensities } of dataset.sequentialBatches(batchSize)) yield intensities;
}

const measureOf = (row: string) =>
  trainedMeasure<typeof settings.shape>({
    weights: `table4/${row}`,
    settings,
    presets: { smoke, cpu, paper: cpu },
    async measure(model, data, { settings, weights, folder, log, signal }) {
      const shape = imageShapeOf(model);
      const known = occlusion('lowerHalf', shape.height, shape.width);
      const nats = (split: ImageDataset, images: number | null) =>
        natsOfHalves(model, intensitiesOf(part(split, images)), known, signal);
      log('likelihood of lower halves');
      const test = await nats(data.test, settings.testImages);
      const valid = await nats(data.valid, settings.validImages);

      const { shown, each } = settings;
      log(`completing ${shown} images, ${each} times each`);
      const originals = data.test.subset(shown).images;
      const images = repeatImages(originals, shown, each);
      const completed = await complete(model, { images, known, seed, signal });
      const { perImage: truth } = await natsOfHalves(model, [originals], known, signal);
      const { perImage: drawn } = await natsOfHalves(model, [completed], known, signal);
      const pictures = truth.map((nats, i) => ({
        image: Math.floor((i * data.test.count) / shown),
        truth: nats,
        completions: drawn.slice(i * each, (i + 1) * each),
      }));
      const summary = {
        weights,
        missing: 'lowerHalf',
        seed,
        unit: 'nats per image',
        test: { lower: test.missing, upper: test.whole - test.missing, whole: test.whole },
        pictures,
      };
      await writeFileAtomic(
        join(folder, 'completions.png'),
        await completionPicture({ shape, originals, completed, each, known }),
      );
      await writeFileAtomic(join(folder, 'completions.json'), `${JSON.stringify(summary, null, 2)}\n`);
      return {
        test: test.missing,
        testStandardError: test.standardError,
        valid: valid.missing,
        validStandardError: valid.standardError,
      };
    },
  });

/**
 * Completions of occluded images (PixelRNN, Figure 9) by the models of Table 4: the lower half of binarized MNIST's test
 * images is drawn given the upper one, several times, and the likelihood of the true lower half given the upper
 * one stands beside. The paper shows completions of ImageNet and gives no such numbers.
 */
export const completions: Experiment = {
  id: 'completions',
  title: 'PixelRNN, Figure 9: lower halves given the upper ones, binarized MNIST',
  metric: 'nats',
  quantity: 'Negative log-likelihood of the lower half given the upper one',
  canonicalDataset: 'binarized MNIST (fixed)',
  rows: table4.rows
    .filter(({ model }) => model !== undefined)
    .map(({ name, label }) => ({
      name,
      label,
      paper: null,
      paperSource: null,
      ownSizes: 'the paper completes ImageNet',
      measure: measureOf(name),
    })),
  datasets: table4.datasets,
  loadData: table4.loadData,
};
