import type { ExperimentRow } from './experiment.js';
import type { TrainingSettings } from './runner/trainingSettings.js';

/** Table 1's sizes that no ablation of colour images changes. */
export const kernels = { firstKernel: 7, kernelSize: 3 } as const;

/** Seconds. A step on 32x32x3 with 256 levels costs many times one of Table 4: short runs without samples. */
export const smoke: TrainingSettings = {
  data: 'cifar10',
  steps: 10,
  maxSeconds: null,
  batchSize: 8,
  learningRate: 2e-3,
  logEvery: 2,
  validateEvery: 10,
  validImages: 16,
  testImages: 16,
  trainImages: 0,
  samples: 0,
};

/**
 * Adam with warm-up and a cosine, as for the digits. Of 6e-3, 1.2e-2 and 2.4e-2 every row of Table 3 is best at the last
 * (results/table3/recipes.json); rows that are not have a rate of their own.
 */
const adam: TrainingSettings = {
  ...smoke,
  batchSize: 16,
  optimizer: 'adam',
  learningRate: 2.4e-2,
  warmupSteps: 200,
  schedule: 'cosine',
  logEvery: 50,
};

/**
 * Gated PixelCNN learns best when clipped: unclipped its gradients reach norms of 26,000 at these rates. The papers do not
 * mention clipping.
 */
export const clipped = { learningRate: 1.2e-2, clipNorm: 300 } as const;

/** The main tables: more than five passes over the 45,000 training images, in 40 to 60 minutes a row on one core. */
export const cpu: TrainingSettings = {
  ...adam,
  steps: 15_000,
  validateEvery: 1_500,
  validImages: 500,
  testImages: null,
  trainImages: 1_000,
  samples: 16,
};

/** Ablations on the validation split, all of which is measured: about one pass, some 10 minutes for 12 layers on one core. */
export const ablation: TrainingSettings = {
  ...adam,
  steps: 3_000,
  validateEvery: 1_500,
  validImages: null,
  testImages: 1_000,
};

/** The papers' optimiser at a constant rate, which they do not publish, and the whole of every split. */
export const paper: TrainingSettings = {
  ...smoke,
  steps: 500_000,
  batchSize: 16,
  learningRate: 5e-4,
  logEvery: 100,
  validateEvery: 2_500,
  validImages: null,
  testImages: null,
  trainImages: 1_000,
  samples: 16,
};

type Quoted = Pick<ExperimentRow, 'name' | 'label' | 'paper' | 'paperSource' | 'paperRecalled'>;

/** A row's paper part; `recalled` numbers are shown with (?). */
export const quoted =
  (paperSource: string) =>
  (name: string, label: string, number: number, { recalled = false } = {}): Quoted => ({
    name,
    label,
    paper: number,
    paperSource,
    ...(recalled && { paperRecalled: true }),
  });
