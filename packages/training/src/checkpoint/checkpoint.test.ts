import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { FileError } from '@pixelrnn/files';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseTrainingConfig } from '../trainingConfig.js';
import {
  checkpointProgress,
  newestWhole,
  restoreCheckpoint,
  saveCheckpoint,
  type TrainingState,
} from './checkpoint.js';
import { loadModel } from './loadModel.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
let warnings: string[];
beforeEach(async () => {
  folder = await temporaryFolder();
  warnings = [];
});

const options = { steps: 9, batchSize: 2, seed: 1, learningRate: 1e-3, logEvery: 3, validateEvery: 9 };
const identity = {
  config: { ...parseTrainingConfig(options) },
  data: { name: 'stripes', images: 8, shape: [4, 4, 3], levels: 4 },
  nextBatch: 'ab12',
};

function build(seed: number, h = 3): tf.LayersModel {
  const size = { height: 4, width: 4, colors: 3, levels: 4, headWidth: 4, firstKernel: 3 };
  return pixelCNN({ ...size, blocks: 1, h, seed });
}

function state(step: number): TrainingState {
  return {
    progress: {
      step,
      seconds: 1.5,
      updates: step - 1,
      skipped: 1,
      logged: step,
      validated: 0,
      window: { totals: [1.25, 3], finite: [2, 2], steps: 2 },
      best: { step: 3, nats: 80.5, since: 1 },
    },
    identity,
    engine: 'wasm, composed kernels',
    tensors: { optimizer: [tf.tensor1d([step, 2]), tf.zeros([2, 3])], best: [tf.tensor1d([7])] },
  };
}

const weights = (model: tf.LayersModel) => model.getWeights().map((weight) => [...weight.dataSync()]);
async function restore(model = build(2), expected = identity) {
  const found = await newestWhole(folder, (message) => void warnings.push(message));
  return found && restoreCheckpoint(folder, found, model, () => expected);
}
const fileOf = async (kind: string, step: number) =>
  join(folder, (await readdir(folder)).find((name) => name.startsWith(`${kind}-${step}-`)) as string);

describe('checkpoints', () => {
  it('hold weights, tensors and all of the state', async () => {
    expect(await restore()).toBeNull();
    expect(await checkpointProgress(folder)).toBeNull();
    const saved = build(1);
    await saveCheckpoint(folder, saved, state(40));
    expect(await checkpointProgress(folder)).toEqual({ steps: 40, seconds: 1.5 });
    const restored = build(2);
    const { tensors, ...rest } = (await restore(restored)) as TrainingState;
    const { tensors: given, ...expected } = state(40);
    expect(rest).toEqual(expected);
    const plain = (groups: Record<string, tf.Tensor[]>) =>
      Object.entries(groups).map(([name, all]) => [name, all.map((t) => [t.shape, [...t.dataSync()]])]);
    expect(plain(tensors)).toEqual(plain(given));
    expect(weights(restored)).toEqual(weights(saved));
    const loaded = await loadModel(folder);
    const input = tf.randomUniform([1, 4, 4, 3], -1, 1, 'float32', 1);
    const [ours, theirs] = [saved, loaded].map((model) => (model.predict(input) as tf.Tensor).dataSync());
    expect(ours).toEqual(theirs);
    expect(warnings).toEqual([]);
  });

  it('keep the one before, and no file of older ones', async () => {
    const model = build(1);
    for (const step of [1, 2, 3]) await saveCheckpoint(folder, model, state(step));
    await writeFile(join(folder, 'weights-9-abc.bin'), 'of a checkpoint that was never finished');
    await saveCheckpoint(folder, model, state(4));
    const names = (await readdir(folder)).map((name) => name.replace(/-\w{8}\.bin/, ''));
    expect(names.sort()).toEqual([
      'model.json',
      'previous.json',
      'state-3',
      'state-4',
      'weights-3',
      'weights-4',
    ]);
  });

  it('are left as they are from the moment on at which another process takes the folder over', async () => {
    const [before, after] = [build(1), build(3)];
    let allowed = Number.POSITIVE_INFINITY;
    const lock = {
      async assertHeld() {
        if (allowed-- <= 0) throw new FileError('locked', 'taken over');
      },
      release: async () => {},
    };
    for (const step of [1, 2]) await saveCheckpoint(folder, before, state(step), lock);
    for (let looks = 0; looks < 4; looks++) {
      allowed = looks; // weights, state, previous.json, model.json
      await expect(saveCheckpoint(folder, after, state(3), lock)).rejects.toThrow('taken over');
      const restored = build(2);
      expect((await restore(restored))?.progress.step).toBe(2);
      expect(weights(restored)).toEqual(weights(before));
    }
    allowed = 4; // the files of older checkpoints stay: they may be the other process's
    const names = await readdir(folder);
    await expect(saveCheckpoint(folder, after, state(3), lock)).rejects.toThrow('taken over');
    expect(await readdir(folder)).toEqual(expect.arrayContaining(names));
    expect((await restore())?.progress.step).toBe(3);
    expect(warnings).toEqual([]);
  });

  it.each([
    ['weights', (path: string) => truncate(path, 20), /weights-5-\w+\.bin: expected \d+ bytes, got 20/],
    ['state', (path: string) => rm(path), /state-5-\w+\.bin is missing/],
    [
      'state',
      async (path: string) => {
        const data = await readFile(path);
        data[0] = (data[0] as number) ^ 1;
        await writeFile(path, data);
      },
      /state-5-\w+\.bin: expected SHA-256 \w{64}, got \w{64}/,
    ],
  ])('with a damaged %s give way to the one before, else are refused', async (kind, damage, message) => {
    await saveCheckpoint(folder, build(1), state(5));
    await damage(await fileOf(kind, 5));
    await expect(restore()).rejects.toThrow(message);
    await expect(restore()).rejects.toThrow('No checkpoint in');
    await rm(folder, { recursive: true });
    const before = build(4);
    await saveCheckpoint(folder, before, state(4));
    await saveCheckpoint(folder, build(1), state(5));
    await damage(await fileOf(kind, 5));
    const model = build(2);
    expect((await restore(model))?.progress.step).toBe(4);
    expect(weights(model)).toEqual(weights(before));
    expect(warnings.join()).toMatch(message);
    expect(warnings.join()).toContain('Going on from the checkpoint before, of step 4');
  });

  it('with a torn or missing model.json give way to the one before', async () => {
    for (const step of [1, 2]) await saveCheckpoint(folder, build(1), state(step));
    const path = join(folder, 'model.json');
    await truncate(path, 500);
    expect((await restore())?.progress.step).toBe(1);
    await rm(path);
    expect((await restore())?.progress.step).toBe(1);
    // The next one replaces what is damaged and leaves the one before alone.
    await writeFile(path, '');
    await saveCheckpoint(folder, build(1), state(3));
    expect((await restore())?.progress.step).toBe(3);
    await rm(path);
    expect((await restore())?.progress.step).toBe(1);
  });

  it('that are damaged are not kept as the one before', async () => {
    for (const step of [1, 2]) await saveCheckpoint(folder, build(1), state(step));
    await truncate(await fileOf('weights', 2), 20);
    await saveCheckpoint(folder, build(1), state(3));
    await rm(join(folder, 'model.json'));
    expect((await restore())?.progress.step).toBe(1);
  });

  it.each(['weights', 'average'])('are refused where the %s in training are not finite', async (group) => {
    await saveCheckpoint(folder, build(1), state(1));
    const spoilt = state(2);
    spoilt.tensors[group] = [tf.tensor1d([1, Number.NaN])];
    await expect(saveCheckpoint(folder, build(1), spoilt)).rejects.toThrow('not finite after step 2');
    expect((await restore())?.progress.step).toBe(1);
  });

  it('of images that have changed since are refused, naming the file; one that was not read before says nothing', async () => {
    const of = (checksums: Record<string, string>) => ({
      ...identity,
      data: { ...identity.data, checksums },
    });
    await saveCheckpoint(folder, build(1), { ...state(1), identity: of({ a: '12', b: '34' }) });
    await expect(restore(build(2), of({ a: '12', b: '35' }))).rejects.toThrow(
      'images of b: SHA-256 34 there, 35 here). Use --fresh',
    );
    expect((await restore(build(2), of({ a: '12', c: '56' })))?.progress.step).toBe(1);
    expect((await restore(build(2), identity))?.progress.step).toBe(1);
  });

  it('of another config, data, order of images, model or version are refused, naming the difference', async () => {
    await saveCheckpoint(folder, build(1), state(1));
    await saveCheckpoint(folder, build(1), state(2));
    const other = (changes: object) => restore(build(2), { ...identity, ...changes });
    const config = { ...identity.config, learningRate: 0.1, logEvery: 1, steps: 20 };
    await expect(other({ config })).rejects.toThrow(
      '(learningRate: 0.001 there, 0.1 asked for). Use --fresh',
    );
    const data = { ...identity.data, images: 9 };
    await expect(other({ data })).rejects.toThrow(/training data: .*"images":8.* there, .*"images":9.* here/);
    await expect(other({ nextBatch: 'cd' })).rejects.toThrow('the images or their order have changed');
    await expect(restore(build(2, 5))).rejects.toThrow(/model: \S+ \[\S+\].* there, \S+ \[\S+\].* here/);
    const path = join(folder, 'model.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"version":2', '"version":3'));
    await expect(restore()).rejects.toThrow('is a checkpoint of version 3, expected version 2');
    await expect(loadModel(folder)).rejects.toThrow('is a checkpoint of version 3, expected version 2');
  });

  it('from before a key was there are taken to have its default', async () => {
    const { clipNorm: _, ...config } = identity.config;
    await saveCheckpoint(folder, build(1), { ...state(1), identity: { ...identity, config } });
    expect((await restore())?.progress.step).toBe(1);
  });

  it('are asked for by name where there are none', async () => {
    await expect(loadModel(folder)).rejects.toThrow(`${folder} holds no checkpoint: expected model.json`);
    await writeFile(join(folder, 'model.json'), '{"step": 3}');
    await expect(loadModel(folder)).rejects.toThrow('is not a checkpoint');
  });
});
