import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import { modelOf } from './ours/model.js';
import type { SharedArgument } from './participants.js';
import { sharedArgument } from './training.js';
import type { Work } from './works.js';

const gray = { height: 6, width: 5, colors: 1, levels: 2, h: 4, headWidth: 5, batch: 3 } as const;
const color = { height: 4, width: 5, colors: 3, levels: 256, h: 5, headWidth: 7, batch: 2 } as const;

/** For tests: works that take no time, and differ in every size. */
export const tinyWorks: readonly Work[] = [
  { name: 'pixelcnn 6x5x1', ...gray, model: 'pixelcnn', blocks: 2 },
  { name: 'pixelcnn 4x5x3', ...color, model: 'pixelcnn', blocks: 1 },
  { name: 'row 6x5x1', ...gray, model: 'row', layers: 2 },
  { name: 'row 4x5x3', ...color, model: 'row', layers: 1 },
  { name: 'diagonal 6x5x1', ...gray, model: 'diagonal', layers: 2 },
  { name: 'diagonal 4x5x3', ...color, model: 'diagonal', layers: 1 },
  { name: 'gated 6x5x1', ...gray, model: 'gated', layers: 2 },
  { name: 'gated 4x5x3', ...color, model: 'gated', layers: 1 },
];

/** For tests: a work's argument with random weights, masked ones too, that every participant starts from. */
export function withGivenWeights(work: Work, use: (shared: SharedArgument) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-test-'));
  const model = modelOf(work);
  const random = new Random(3).split(work.name);
  const flat = model.trainableWeights.map(({ shape }) =>
    Array.from({ length: tf.util.sizeFromShape(shape as number[]) }, () => 0.6 * random.uniform() - 0.3),
  );
  model.dispose();
  const weights = join(folder, 'weights.json');
  writeFileSync(weights, JSON.stringify(flat));
  const shared = sharedArgument(work, 2, folder);
  return use({ ...shared, work: { ...shared.work, learningRate: 1e-3 }, weights }).finally(() =>
    rmSync(folder, { recursive: true }),
  );
}
