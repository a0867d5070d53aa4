import type { RunResult } from '@pixelrnn/metrics';

/** A result for tests that need one and not its numbers, with these changes. */
export const someResult = (changes: Partial<RunResult> = {}): RunResult => ({
  test: 90,
  testImages: 10,
  testSplit: 10,
  testStandardError: 1,
  valid: 91,
  validImages: 10,
  train: null,
  dimensions: 784,
  dataset: 'd',
  parameters: 5,
  steps: 60,
  images: 960,
  seconds: 20,
  engine: 'wasm',
  ...changes,
});
