// One of several ranks of a training: node rankProgram.ts '{"folder": ..., "options": ..., "fault": ...}'.
// Rank 0 prints 'started', 'step n' at entries of the log, and at the end what it trained to.
import { createHash } from 'node:crypto';
import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { setKernels } from '@pixelrnn/kernels';
import { openCommunicator } from '@pixelrnn/mpi';
import * as tf from '@tensorflow/tfjs';
import { onInterrupt } from '../onInterrupt.js';
import { train } from '../train.js';
import type { TrainingOptions } from '../trainingConfig.js';
import type { TrainingContext } from '../trainingContext.js';
import { TrainingError } from '../trainingError.js';
import { stripes } from './stripes.js';
import { tinyModel, weightsOf } from './tinyRun.js';

/** What goes wrong on the last rank. */
export type RankFault =
  /** Other images from the beginning; others of the same name later; other options; other kernels. */
  | 'data'
  | 'later data'
  | 'config'
  | 'kernels'
  /** A weight that is moved at this step. */
  | { drift: number }
  /** An error, or SIGKILL, at this step. */
  | { error: number }
  | { kill: number }
  /** Every batch comes after so many milliseconds. */
  | { slow: number };

export interface RankProgram {
  folder?: string;
  options: TrainingOptions;
  fault?: RankFault;
}

const { folder, options, fault } = JSON.parse(process.argv[2] as string) as RankProgram;
const communicator = await openCommunicator();
await loadEngine({ quiet: true });
const { rank, size } = communicator;
const own = size > 1 && rank === size - 1 ? fault : undefined;
if (own === 'kernels') setKernels('composed');
const model = tinyModel(3);
const all = { ...options, ...(own === 'config' && { learningRate: 0.5, seed: 8 }) };
const context: TrainingContext = {
  train: stripes(own === 'data' ? 63 : 64),
  valid: stripes(250, { seed: 2 }),
  ...(folder !== undefined && { folder }),
  communicator,
  onProgress: ({ step }) => console.log(`step ${step}`),
};
if (own === 'later data') context.train = laterOthers(context.train, options.batchSize);
if (typeof own === 'object') context.train = withFault(context.train, own);

/** Gives the same first batch, then others. */
function laterOthers(data: TrainingContext['train'], batchSize: number): TrainingContext['train'] {
  const images = data.images.slice();
  const { indices } = data.batches({ batchSize, seed: options.seed }).next().value;
  const pixels = images.length / data.count;
  for (let i = 0; i < images.length; i++) {
    if (!indices.includes(Math.floor(i / pixels))) images[i] = 1 - (images[i] as number);
  }
  return new ImageDataset({ ...data, images });
}

/** Batches during which something happens to this rank. */
function withFault(data: TrainingContext['train'], fault: object): TrainingContext['train'] {
  const batches = data.batches.bind(data);
  const [[kind, at]] = Object.entries(fault) as [[string, number]];
  let called = 0;
  data.batches = function* (given) {
    for (const batch of batches(given)) {
      if (kind === 'slow') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, at);
      else if (++called === at) happen(kind);
      yield batch;
    }
    throw new Error('batches end');
  } as typeof data.batches;
  return data;
}

function happen(kind: string): void {
  if (kind === 'kill') process.kill(process.pid, 'SIGKILL');
  if (kind === 'error') throw new Error('The images cannot be read.');
  const [weight] = model.trainableWeights;
  const value = weight?.read() as tf.Variable;
  tf.tidy(() => value.assign(tf.add(value, 1e-3)));
}

if (rank === 0) console.log('started');
try {
  const { history, best, steps } = await onInterrupt((signal) => train(model, all, { ...context, signal }));
  const weights = createHash('sha256')
    .update(JSON.stringify(weightsOf(model)))
    .digest('hex');
  const lines = history.map(({ seconds: _, ...line }) => line);
  if (rank === 0) console.log(JSON.stringify({ steps, best, lines, weights }));
} catch (error) {
  communicator.leave();
  if (rank === 0) console.error((error as Error).message);
  process.exit(error instanceof TrainingError ? error.exitCode : 1);
}
