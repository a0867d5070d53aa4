import type { TrainingSettings } from './runner/trainingSettings.js';

/** Seconds, on the canonical binarization. */
export const smoke: TrainingSettings = {
  data: 'fixed',
  steps: 20,
  maxSeconds: null,
  batchSize: 16,
  learningRate: 2e-3,
  logEvery: 5,
  validateEvery: 20,
  validImages: 100,
  testImages: 100,
  trainImages: 0,
  samples: 0,
};

/**
 * Ten passes over the training images. The papers' optimiser is RMSProp at a constant rate; on two cores Adam with a cosine
 * schedule gains nats in the same time.
 */
export const cpu: TrainingSettings = {
  ...smoke,
  steps: 31_250,
  optimizer: 'adam',
  learningRate: 3e-3,
  warmupSteps: 300,
  schedule: 'cosine',
  logEvery: 100,
  validateEvery: 3_125,
  validImages: 2_000,
  testImages: null,
};

/** A hundred passes with the papers' optimiser at a constant rate, which they do not publish. */
export const paper: TrainingSettings = {
  ...smoke,
  steps: 312_500,
  learningRate: 5e-4,
  logEvery: 100,
  validateEvery: 3_125,
  validImages: null,
  testImages: null,
};
