// A training run in a process of its own, to be killed: node trainProgram.ts '{"folder": ..., "steps": ..., ...}'
// Prints 'started' when training begins, 'logged' at its first entry in the log and 'done' when it is over.
import { loadEngine } from '@pixelrnn/engine';
import { onInterrupt } from '../onInterrupt.js';
import { train } from '../train.js';
import type { TrainingOptions } from '../trainingConfig.js';
import { TrainingError } from '../trainingError.js';
import { faultAt } from './faults.js';
import { tinyData, tinyModel } from './tinyRun.js';

export interface TrainProgram {
  folder: string;
  options: Partial<TrainingOptions>;
  /** Die by SIGKILL at this operation on a file, counted from 1. */
  killAt?: number;
}

const { folder, options, killAt } = JSON.parse(process.argv[2] as string) as TrainProgram;
await loadEngine({ quiet: true });
const model = tinyModel(3);
const all: TrainingOptions = {
  steps: 100,
  batchSize: 8,
  learningRate: 5e-3,
  seed: 7,
  logEvery: 7,
  validateEvery: 50,
  ...options,
};
if (killAt !== undefined) faultAt(killAt, () => process.kill(process.pid, 'SIGKILL'));
console.log('started');
try {
  let logged = false;
  const onProgress = () => {
    if (!logged) console.log('logged');
    logged = true;
  };
  await onInterrupt((signal) => train(model, all, { ...tinyData, folder, signal, onProgress }));
  console.log('done');
} catch (error) {
  console.error((error as Error).message);
  process.exit(error instanceof TrainingError ? error.exitCode : 1);
}
