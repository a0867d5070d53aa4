import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hasCheckpoint, loadModel, restoreCheckpoint, saveCheckpoint } from './checkpoint.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pixelrnn-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const build = (seed: number) =>
  pixelCNN({
    height: 4,
    width: 4,
    colors: 3,
    levels: 4,
    blocks: 1,
    h: 3,
    headWidth: 4,
    firstKernel: 3,
    seed,
  });
const weights = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
const state = (step: number) => ({
  step,
  seconds: 1.5,
  optimizer: [tf.tensor1d([step, 2]), tf.zeros([2, 3])],
});

describe('checkpoints', () => {
  it('hold weights, optimiser state, step and time', async () => {
    expect(await hasCheckpoint(folder)).toBe(false);
    const saved = build(1);
    await saveCheckpoint(folder, saved, state(40));
    expect(await hasCheckpoint(folder)).toBe(true);
    const restored = build(2);
    const { step, seconds, optimizer } = await restoreCheckpoint(folder, restored);
    expect([step, seconds]).toEqual([40, 1.5]);
    expect(optimizer.map((tensor) => [tensor.shape, [...tensor.dataSync()]])).toEqual([
      [[2], [40, 2]],
      [
        [2, 3],
        [0, 0, 0, 0, 0, 0],
      ],
    ]);
    expect(weights(restored)).toEqual(weights(saved));
    const loaded = await loadModel(folder);
    expect(weights(loaded)).toEqual(weights(saved));
    const input = tf.randomUniform([1, 4, 4, 3], -1, 1, 'float32', 1);
    expect((loaded.predict(input) as tf.Tensor).dataSync()).toEqual(
      (saved.predict(input) as tf.Tensor).dataSync(),
    );
  });

  it('keep one set of files, whatever was there', async () => {
    const model = build(1);
    await saveCheckpoint(folder, model, state(1));
    await saveCheckpoint(folder, model, state(2));
    expect((await readdir(folder)).sort()).toEqual(['model.json', 'optimizer-2.bin', 'weights-2.bin']);
  });

  it('stay whole when the next one is only half written', async () => {
    const model = build(1);
    await saveCheckpoint(folder, model, state(1));
    await writeFile(join(folder, 'weights-2.bin'), 'half');
    expect((await restoreCheckpoint(folder, build(2))).step).toBe(1);
  });

  it.each([
    ['weights-5.bin', (data: Buffer) => data.subarray(0, 20)],
    ['optimizer-5.bin', (data: Buffer) => Buffer.concat([data.subarray(0, -1), Buffer.from([1])])],
  ])('refuse a damaged %s', async (name, damage) => {
    await saveCheckpoint(folder, build(1), state(5));
    const path = join(folder, name);
    await writeFile(path, damage(await readFile(path)));
    await expect(restoreCheckpoint(folder, build(2))).rejects.toThrow(/expected SHA-256 \w{64}, got \w{64}/);
  });

  it('refuse what is no checkpoint', async () => {
    await writeFile(join(folder, 'model.json'), '{"step": 3}');
    await expect(restoreCheckpoint(folder, build(1))).rejects.toThrow('is not a checkpoint');
    await expect(loadModel(folder)).rejects.toThrow('is not a checkpoint');
  });
});
