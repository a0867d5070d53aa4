import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pixelCNN } from '@pixelrnn/models';
import { Random } from '@pixelrnn/random';
import * as tf from '@tensorflow/tfjs';
import type { SharedArgument } from './participants.js';
import { sharedArgument } from './training.js';
import type { Work } from './works.js';

/** For tests: works that take no time, and differ in every size. */
export const tinyWorks: readonly Work[] = [
  { name: 'tiny 6x5x1', height: 6, width: 5, colors: 1, levels: 2, h: 4, blocks: 2, headWidth: 5, batch: 3 },
  {
    name: 'tiny 4x5x3',
    height: 4,
    width: 5,
    colors: 3,
    levels: 256,
    h: 5,
    blocks: 1,
    headWidth: 7,
    batch: 2,
  },
];

/** For tests: a work's argument with random weights, masked ones too, that every participant starts from. */
export function withGivenWeights(work: Work, use: (shared: SharedArgument) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pixelrnn-bench-test-'));
  const { name, batch, ...size } = work;
  const model = pixelCNN(size);
  const random = new Random(3).split(name);
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
