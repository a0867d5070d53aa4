import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DatasetSplits, loadBinarizedMnist, loadCifar10, loadImageNet } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import {
  mseAutoencoder,
  mseAutoencoderSchema,
  pixelCNNAutoencoder,
  pixelCNNAutoencoderSchema,
} from '@pixelrnn/models';
import { captionedPictures } from '@pixelrnn/plots';
import { msePictures, pictureNames, pixelCNNPictures } from './codePictures.js';
import { kernels } from './colorPresets.js';
import * as digits from './digitPresets.js';
import { type Experiment, type ExperimentRow, type FinishedRow, rowModel } from './experiment.js';
import { gatedPixelCNNSettings } from './modelRows.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const { encoderLayers, encoderFilters } = pixelCNNAutoencoderSchema.shape;
const pixelCNNSettings = gatedPixelCNNSettings.extend({ encoderLayers, encoderFilters });
const mseSettings = mseAutoencoderSchema.pick({
  encoderLayers: true,
  encoderFilters: true,
  deviation: true,
});

const smoke: TrainingSettings = { ...digits.smoke, samples: 4 };
/** Three passes over the training images. */
const cpu: TrainingSettings = { ...digits.cpu, steps: 9_375, samples: 10 };
const paper: TrainingSettings = {
  ...digits.paper,
  data: 'imagenet32',
  steps: 500_000,
  batchSize: 128,
  validateEvery: 2_500,
  samples: 10,
};

const encoder = {
  smoke: { encoderLayers: 2, encoderFilters: 4 },
  cpu: { encoderLayers: 3, encoderFilters: 16 },
  paper: { encoderLayers: 3, encoderFilters: 128 },
} as const;

const row = (
  kind: 'pixelcnn' | 'mse',
  codeSize: number,
  model: NonNullable<ExperimentRow['model']>,
): ExperimentRow => ({
  name: `${kind}-${codeSize}`,
  label: `${kind === 'mse' ? 'Squared-error' : 'PixelCNN'} decoder, m = ${codeSize}`,
  paper: null,
  paperSource: null,
  ownSizes: 'the paper has patches of ImageNet, and gives neither sizes nor likelihoods',
  model,
});

/** Trained end to end by the likelihood of an image given its code. */
function pixelCNNDecoder(codeSize: number): ExperimentRow {
  const sizes = { ...kernels, skip: false };
  const model = rowModel<typeof pixelCNNSettings.shape>({
    settings: pixelCNNSettings,
    presets: {
      smoke: { ...smoke, ...sizes, ...encoder.smoke, layers: 1, filters: 8, headWidth: 16 },
      cpu: { ...cpu, ...sizes, ...encoder.cpu, layers: 6, filters: 16, headWidth: 32 },
      // The size of the paper's model for ImageNet without condition, recalled and not read again.
      paper: {
        ...paper,
        ...encoder.paper,
        skip: true,
        layers: 20,
        filters: 384,
        headWidth: 1024,
        firstKernel: 7,
        kernelSize: 5,
      },
    },
    build: (settings, shape, seed) =>
      pixelCNNAutoencoder({ ...shape, ...pixelCNNSettings.strip().parse(settings), codeSize, seed })
        .autoencoder,
    pictures: pixelCNNPictures,
  });
  return row('pixelcnn', codeSize, model);
}

/** The same encoder, trained by squared error. Steps are the same too, and cost a fraction. */
function mseDecoder(codeSize: number): ExperimentRow {
  const deviation = 0.2;
  const model = rowModel<typeof mseSettings.shape>({
    settings: mseSettings,
    presets: {
      smoke: { ...smoke, ...encoder.smoke, loss: 'mse', deviation },
      cpu: { ...cpu, ...encoder.cpu, loss: 'mse', learningRate: 2e-3, deviation },
      paper: { ...paper, ...encoder.paper, loss: 'mse', deviation },
    },
    idle: ({ data }) => (String(data) in binary ? ['deviation'] : []), // Bernoulli outputs have none
    build: (settings, shape, seed) =>
      mseAutoencoder({ ...shape, ...mseSettings.strip().parse(settings), codeSize, seed }).autoencoder,
    pictures: msePictures,
  });
  return row('mse', codeSize, model);
}

type Loaders = Record<string, (dataDir: string | undefined) => Promise<DatasetSplits>>;

const binary: Loaders = {
  fixed: (dataDir) => loadBinarizedMnist({ kind: 'fixed', dataDir }),
  seeded: (dataDir) => loadBinarizedMnist({ kind: 'seeded', dataDir }),
};

const loaders: Loaders = {
  ...binary,
  cifar10: (dataDir) => loadCifar10({ dataDir }),
  imagenet32: (dataDir) => loadImageNet({ size: 32, dataDir }),
};

/**
 * Sections 2.4 and 3.4 of *Conditional Image Generation with PixelCNN Decoders*: an auto-encoder whose decoder is a conditional
 * PixelCNN, against one with a decoder trained by squared error. The paper shows 32x32 patches of ImageNet and gives no
 * numbers. Ours are the negative log-likelihood of an image given its own code, in nats: less than that of the image, for the
 * code tells of it, and no number of a density model. The squared-error decoder's pixels are independent given the code.
 */
export const autoencoder: Experiment = {
  id: 'autoencoder',
  title: 'Gated PixelCNN, section 2.4: auto-encoders, likelihood of an image given its code',
  metric: 'nats',
  limits: 'Not a density model: the number is the likelihood of an image given its own code.',
  quantity: 'Negative log-likelihood of an image given its own code',
  note: 'The code itself is not counted, so that a lower number is no better model of images: a hundred real numbers are enough to copy a digit, which the squared-error decoder nearly does with m = 100, while the PixelCNN decoder reads less out of its code and draws digits of its own. Rows of different m do not compare at all.',
  canonicalDataset: 'small ImageNet (van den Oord et al.)',
  rows: [pixelCNNDecoder(10), mseDecoder(10), pixelCNNDecoder(100), mseDecoder(100)],
  datasets: Object.keys(loaders),
  loadData({ data }, { dataDir }) {
    return (loaders[data] as (typeof loaders)[string])(dataDir);
  },
  figures: writeBeside,
};

/** `reconstructions.png` and `interpolations.png`: the pictures of all finished rows, of the same images. */
async function writeBeside(finished: readonly FinishedRow[], folder: string): Promise<void> {
  for (const name of Object.values(pictureNames)) {
    const pictures = await Promise.all(
      finished
        .filter(({ settings }) => Number(settings.samples) > 0)
        .map(async ({ row, folder: run }) => ({
          caption: row.label,
          picture: await readFile(join(run, name)),
        })),
    );
    if (pictures.length > 0) await writeFileAtomic(join(folder, name), await captionedPictures(pictures));
  }
}
