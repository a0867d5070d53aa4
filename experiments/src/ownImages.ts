import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type DataProgress, type DatasetSplits, loadOwnImages } from '@pixelrnn/data';
import { writeFileAtomic } from '@pixelrnn/files';
import { complete, occlusion } from '@pixelrnn/generation';
import { loadModel } from '@pixelrnn/training';
import { z } from 'zod';
import { completionPicture, repeatImages } from './completionPictures.js';
import type { Experiment, ExperimentRow, FinishedRow, RowModel } from './experiment.js';
import { gatedPixelCNNRow, pixelCNNRow, pixelRNNRow } from './modelRows.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

/** What `pnpm exp own` is told of the images. */
const ownImagesSettings = z.strictObject({
  /** The folder: absolute, so that a repeated run finds it. */
  images: z.string().min(1),
  /** Height and width, 1..4096. */
  size: z.int().min(1).max(4096).default(32),
  levels: z.literal([2, 4, 16, 256]).default(256),
  grey: z.boolean().default(false),
  /** Leaves out images that are damaged or too small. */
  skipBad: z.boolean().default(false),
  /** Seed of the split, where the folder is not split already. */
  splitSeed: z.int().nonnegative().default(0),
});

const smoke: TrainingSettings = {
  data: 'own',
  steps: 20,
  maxSeconds: null,
  batchSize: 8,
  learningRate: 2e-3,
  logEvery: 5,
  validateEvery: 10,
  validImages: null,
  testImages: null,
  trainImages: 0,
  samples: 4,
};
const cpu: TrainingSettings = {
  ...smoke,
  steps: 5_000,
  batchSize: 16,
  optimizer: 'adam',
  learningRate: 3e-3,
  warmupSteps: 200,
  schedule: 'cosine',
  logEvery: 50,
  validateEvery: 1_000,
  samples: 16,
};
const paper: TrainingSettings = {
  ...smoke,
  steps: 500_000,
  batchSize: 16,
  learningRate: 5e-4,
  logEvery: 100,
  validateEvery: 2_500,
  samples: 16,
};

const kernels = { firstKernel: 7, kernelSize: 3 } as const;

function recurrent(cell: 'row' | 'diagonal'): RowModel {
  const architecture = { ...kernels, residual: true, skip: true };
  return pixelRNNRow(cell, {
    smoke: { ...smoke, ...architecture, layers: 1, h: 6, headWidth: 12 },
    cpu: { ...cpu, ...architecture, layers: 3, h: 24, headWidth: 64 },
    paper: { ...paper, ...architecture, layers: 12, h: 128, headWidth: 1024 },
  });
}

const row = (name: string, label: string, model: RowModel): ExperimentRow => ({
  name,
  label,
  paper: null,
  paperSource: null,
  model,
});

/**
 * Any model of the workspace on a folder of one's own images: `pnpm exp own --images DIR`. Same runner, tables, samples;
 * and completions of test images. Sizes of preset `paper` are those of CIFAR-10 in PixelRNN.
 */
export const ownImages: Experiment = {
  id: 'own',
  title: 'Own images',
  metric: 'bits/dim',
  canonicalDataset: '', // every label says which images
  rows: [
    row(
      'pixelcnn',
      'PixelCNN',
      pixelCNNRow({
        smoke: { ...smoke, blocks: 1, h: 6, headWidth: 12, ...kernels },
        cpu: { ...cpu, blocks: 6, h: 30, headWidth: 64, ...kernels },
        paper: { ...paper, blocks: 15, h: 128, headWidth: 1024, ...kernels },
      }),
    ),
    row('row-lstm', 'Row LSTM', recurrent('row')),
    row('diagonal-bilstm', 'Diagonal BiLSTM', recurrent('diagonal')),
    row(
      'gated-pixelcnn',
      'Gated PixelCNN',
      gatedPixelCNNRow({
        smoke: { ...smoke, ...kernels, layers: 1, filters: 6, headWidth: 12, skip: true },
        cpu: { ...cpu, ...kernels, layers: 6, filters: 30, headWidth: 64, skip: true },
        paper: { ...paper, ...kernels, layers: 15, filters: 128, headWidth: 1024, skip: true },
      }),
    ),
  ],
  datasets: ['own'],
  dataSettings: ownImagesSettings.shape,
  loadData: (settings) => load(settings),
  figures: writeCompletions,
};

/** @throws Error where they fill no batch */
async function load(settings: Record<string, unknown>): Promise<DatasetSplits> {
  const { images: folder, splitSeed: seed, ...options } = ownImagesSettings.strip().parse(settings);
  const splits = await loadOwnImages({
    folder,
    seed,
    ...options,
    onNote: (sentence) => console.error(sentence),
    onProgress: packingLines(),
  });
  const { name, count } = splits.train;
  if (count < Number(settings.batchSize)) {
    throw new Error(
      `${name}: ${count} training images do not fill a batch of ${settings.batchSize}: add images, or use --set batchSize=${count}.`,
    );
  }
  return splits;
}

const secondsBetweenLines = 10;

/** Packing many photos takes minutes: a line from time to time. */
function packingLines(): (progress: DataProgress) => void {
  let shown = performance.now();
  return ({ stage, file, bytes, total }) => {
    const now = performance.now();
    if (stage !== 'pack' || now - shown < 1000 * secondsBetweenLines) return;
    shown = now;
    console.error(`packing ${file}: ${Math.floor((100 * bytes) / Math.max(1, total))} %`);
  };
}

const [shown, each, seed] = [6, 3, 0];

/** `completions.png` in the folder of each finished run, unless it is there: test images, their upper halves, three completions. */
async function writeCompletions(finished: readonly FinishedRow[]): Promise<void> {
  for (const { folder, settings } of finished) {
    const path = join(folder, 'completions.png');
    const result = await stat(join(folder, 'result.json'));
    if (existsSync(path) && (await stat(path)).mtimeMs >= result.mtimeMs) continue;
    const { images: source } = ownImagesSettings.strip().parse(settings);
    if (!existsSync(source)) {
      console.error(`${basename(folder)}: no completions, for ${source} is not there any more.`);
      continue;
    }
    const { test } = await load(settings);
    const { height, width, channels, levels } = test;
    const count = Math.min(shown, test.count);
    const originals = test.subset(count).images;
    const known = occlusion('lowerHalf', height, width);
    const model = await loadModel(folder);
    try {
      const images = repeatImages(originals, count, each);
      const completed = await complete(model, { images, known, seed });
      const shape = { height, width, channels, levels };
      await writeFileAtomic(path, await completionPicture({ shape, originals, completed, each, known }));
    } finally {
      model.dispose();
    }
  }
}
