import { ImageDataset } from '@pixelrnn/data';
import { loadEngine } from '@pixelrnn/engine';
import { gatedPixelCNN, pixelCNN } from '@pixelrnn/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../evaluate.js';
import { train } from '../train.js';
import { classesOf, keptConditions, labelVectors, requireLabels } from './labelCondition.js';

beforeAll(() => loadEngine({ quiet: true }));

/** Images of one intensity, which is their label; three in four have the label 1. */
function flat(count: number, { labels = true } = {}): ImageDataset {
  const label = (image: number) => (image % 4 === 0 ? 0 : 1);
  return new ImageDataset({
    name: 'flat',
    kind: 'seeded',
    levels: 2,
    height: 2,
    width: 2,
    channels: 1,
    images: Uint8Array.from({ length: 4 * count }, (_, i) => label(Math.floor(i / 4))),
    labels: labels ? Uint8Array.from({ length: count }, (_, i) => label(i)) : undefined,
  });
}

const size = { height: 2, width: 2, colors: 1, levels: 2, headWidth: 4, firstKernel: 3 };
const conditional = (conditionSize = 2) => gatedPixelCNN({ ...size, layers: 1, filters: 4, conditionSize });
const options = {
  steps: 150,
  batchSize: 8,
  optimizer: 'adam' as const,
  learningRate: 0.02,
  logEvery: 150,
  validateEvery: 150,
  seed: 3,
};
const context = { train: flat(64), valid: flat(16) };

describe('a model that is told the labels', () => {
  it('learns what they tell, and knows less of an image without', async () => {
    const model = conditional();
    const { best } = await train(model, options, context);
    const told = await evaluate(model, context.valid);
    const untold = await evaluate(model, context.valid, { condition: 'none' });
    // An image is certain given its label, and worth ln 4 / 4 + 3 ln (4 / 3) / 4 = 0.56 nats without.
    expect(told.nats).toBeLessThan(0.2);
    expect(best?.nats).toBeCloseTo(told.nats, 4);
    expect(untold.nats).toBeGreaterThan(told.nats + 0.2);
    model.dispose();
  });

  it('stays a model of all images where labels are withheld in training', async () => {
    const model = conditional();
    await train(model, { ...options, dropCondition: 0.5 }, context);
    expect((await evaluate(model, context.valid, { condition: 'none' })).nats).toBeLessThan(1);
    expect((await evaluate(model, context.valid)).nats).toBeLessThan(0.3);
    model.dispose();
  });

  it('is refused data without labels, or with more classes than it has', async () => {
    const model = conditional();
    const without = { ...context, valid: flat(16, { labels: false }) };
    await expect(train(model, options, without)).rejects.toThrow(
      'GatedPixelCNN is conditioned on 2 classes, but flat has no labels',
    );
    await expect(evaluate(model, flat(4, { labels: false }))).rejects.toThrow('has no labels');
    expect(() => requireLabels(conditional(1), flat(4))).toThrow(
      'conditioned on 1 classes, but flat has labels up to 1: give the model 2',
    );
  });
});

describe('labels as a condition', () => {
  it('are one-hot, zeros where they are withheld', () => {
    const shape: [number, number, number, number] = [3, 2, 2, 1];
    const batch = { labels: Uint8Array.of(2, 0, 1), shape };
    const vectors = labelVectors(batch, 3, [true, false, true]);
    expect(vectors.arraySync()).toEqual([
      [0, 0, 1],
      [0, 0, 0],
      [0, 1, 0],
    ]);
    expect([...labelVectors({ shape }, 2).dataSync()]).toEqual(new Array(6).fill(0));
  });

  it('are withheld as often as asked for, by seed and step alone', () => {
    const kept = (step: number) => keptConditions(1000, { drop: 0.25, seed: 5, step });
    expect(kept(7)).toEqual(kept(7));
    expect(kept(7)).not.toEqual(kept(8));
    const share = kept(7).filter((told) => !told).length / 1000;
    expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 1000)); // 4 standard errors
    expect(keptConditions(3, { drop: 0, seed: 5, step: 0 })).toEqual([true, true, true]);
  });

  it('are asked for by a second input of one vector', () => {
    expect(classesOf(conditional(7))).toBe(7);
    expect(classesOf(pixelCNN({ ...size, blocks: 0, h: 2 }))).toBe(0);
    const other = gatedPixelCNN({ ...size, layers: 0, filters: 2, conditionMaps: 3 });
    expect(() => classesOf(other)).toThrow('[B,2,2,1], [B,2,2,3]');
  });
});
