import { join } from 'node:path';
import { cifar10Classes, loadBinarizedMnist, loadCifar10 } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { bitsPerDim } from '@pixelrnn/metrics';
import { classPictures } from './classPictures.js';
import { ablation, clipped, paper as colorPaper, smoke as colorSmoke, kernels } from './colorPresets.js';
import * as digits from './digitPresets.js';
import type { Experiment, ExperimentRow, FinishedRow, PresetName } from './experiment.js';
import { gatedPixelCNNRow } from './modelRows.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

const digitClasses = Array.from({ length: 10 }, (_, digit) => String(digit));

/** The canonical binarization has no labels. */
const data = 'seeded';
const smoke: TrainingSettings = { ...digits.smoke, data, samples: 10 };
/** Five passes over the training images. */
const cpu: TrainingSettings = { ...digits.cpu, steps: 15_625, data, samples: 100 };
const paper: TrainingSettings = { ...digits.paper, data, samples: 100 };

/** Share of the images whose label is withheld in training, so that guidance has a model of all images to start from. */
const dropCondition = 0.1;

const sizes = { ...kernels, skip: false } as const;
const mnistPresets = {
  smoke: { ...smoke, ...sizes, layers: 1, filters: 8, headWidth: 16 },
  cpu: { ...cpu, ...sizes, layers: 6, filters: 16, headWidth: 32 },
  paper: { ...paper, ...sizes, layers: 8, filters: 32, headWidth: 32 },
};

const colorPresets = {
  smoke: { ...colorSmoke, ...kernels, skip: false, layers: 1, filters: 6, headWidth: 12 },
  cpu: {
    ...ablation,
    ...kernels,
    ...clipped,
    steps: 5_625, // two passes
    validateEvery: 1_125,
    validImages: 500,
    testImages: null,
    samples: 100,
    skip: true,
    layers: 5,
    filters: 32,
    headWidth: 96,
  },
  // The size of the paper's model for ImageNet, recalled and not read again.
  paper: {
    ...colorPaper,
    samples: 100,
    skip: true,
    layers: 20,
    filters: 384,
    headWidth: 1024,
    firstKernel: 7,
    kernelSize: 5,
  },
};

type Presets = typeof mnistPresets | typeof colorPresets;

const row = (name: string, label: string, model: ExperimentRow['model']): ExperimentRow => ({
  name,
  label,
  paper: null,
  paperSource: null,
  ownSizes: 'not in the paper, whose classes are those of ImageNet',
  ...(model && { model }),
});

/** A model without condition, and one of the same depth and width that is told the class of an image. */
function rows(presets: Presets, classes: readonly string[]): ExperimentRow[] {
  const conditional = Object.fromEntries(
    Object.entries(presets).map(([preset, settings]) => [preset, { ...settings, dropCondition }]),
  ) as unknown as Record<PresetName, Presets['cpu']>;
  return [
    row('unconditional', 'Gated PixelCNN', gatedPixelCNNRow(presets)),
    row(
      'conditional',
      'Gated PixelCNN, class-conditional',
      gatedPixelCNNRow(conditional, { conditionSize: classes.length, pictures: classPictures(classes) }),
    ),
  ];
}

/**
 * Section 2.3 of *Conditional Image Generation with PixelCNN Decoders* on MNIST: the likelihood of an image with its class and
 * without, and samples of each class, with guidance too. The paper has neither MNIST nor guidance.
 */
export const conditional: Experiment = {
  id: 'conditional',
  title: 'Gated PixelCNN, section 2.3: digits by their class, binarized MNIST',
  metric: 'nats',
  canonicalDataset: 'binarized MNIST (seeded binarization)',
  rows: rows(mnistPresets, digitClasses),
  datasets: ['seeded', 'dynamic'],
  loadData({ data }, { dataDir }) {
    return loadBinarizedMnist({ kind: data as 'seeded' | 'dynamic', dataDir });
  },
  figures: writeConditions,
};

/** The same on CIFAR-10. The paper shows classes of ImageNet, and found little gain in likelihood. */
export const conditionalCifar10: Experiment = {
  id: 'conditional-cifar10',
  title: 'Gated PixelCNN, section 2.3: images by their class, CIFAR-10',
  metric: 'bits/dim',
  canonicalDataset: 'CIFAR-10',
  rows: rows(colorPresets, cifar10Classes),
  recipeNote:
    'The runs have the rate and the clipping of Table 1 of Gated PixelCNN. Without clipping, each at the best rate of these tries, they had 3.829 and, told the class, 3.776 bits per dimension of test images.',
  datasets: ['cifar10'],
  loadData(_settings, { dataDir }) {
    return loadCifar10({ dataDir });
  },
  figures: writeConditions,
};

/** `conditions.json`: of each finished row the likelihood of the test images, told their class and not. */
async function writeConditions(finished: readonly FinishedRow[], folder: string): Promise<void> {
  const rows = finished.map(({ row, result }) => {
    const { test, testWithoutCondition = test, dimensions, testImages } = result;
    const told = row.name === 'conditional' ? test : null;
    const both = { told, untold: testWithoutCondition };
    const bits = (nats: number | null) => nats && bitsPerDim(nats, dimensions);
    return {
      name: row.name,
      testImages,
      nats: both,
      bitsPerDim: { told: bits(both.told), untold: bits(both.untold) },
    };
  });
  await writeFileAtomic(join(folder, 'conditions.json'), `${JSON.stringify({ rows }, null, 2)}\n`);
}
