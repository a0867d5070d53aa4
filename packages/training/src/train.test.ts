import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import { pixelCNN } from '@pixelrnn/models';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { evaluate } from './evaluate.js';
import { readMetricsLog } from './logs/metricsLog.js';
import { stripes } from './testing/stripes.js';
import {
  tinyModel as build,
  tinyData as data,
  tinyOptions as options,
  weightsOf as weights,
} from './testing/tinyRun.js';
import { train } from './train.js';
import type { TrainingProgress } from './trainingContext.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

describe('train', () => {
  it('overfits one batch to near certainty', async () => {
    const model = pixelCNN({
      height: 6,
      width: 6,
      colors: 1,
      levels: 2,
      blocks: 2,
      h: 16,
      headWidth: 16,
      firstKernel: 7,
    });
    const few = stripes(2, { seed: 3 });
    const { history } = await train(
      model,
      { ...options, steps: 300, batchSize: 2, learningRate: 3e-3, logEvery: 10, validateEvery: 300 },
      { train: few, valid: few },
    );
    const losses = history.flatMap(({ train }) => train ?? []);
    expect(losses[0]).toBeGreaterThan(10);
    // Two images that are told apart by their first differing pixel cost ln 2 each, on average.
    expect(losses.at(-1)).toBeLessThan(1.5);
    expect(losses.at(-1)).toBeGreaterThan(Math.LN2 - 0.05);
    model.dispose();
  });

  it('gives the same losses and weights for the same seed, others for another', async () => {
    const run = async (seed: number) => {
      const model = build();
      const { history } = await train(model, { ...options, seed }, data);
      const result = { losses: history.map(({ train, valid }) => [train, valid]), weights: weights(model) };
      model.dispose();
      return result;
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect((await run(8)).losses).not.toEqual(first.losses);
  });

  it('neither leaks nor gathers tensors over 50 steps', async () => {
    const model = build();
    const counts: number[] = [];
    const before = tf.memory().numTensors;
    await train(
      model,
      { ...options, steps: 50, logEvery: 1, validateEvery: 10 },
      { ...data, onProgress: () => void counts.push(tf.memory().numTensors) },
    );
    expect(counts).toHaveLength(50 + 5);
    expect(new Set(counts).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
    model.dispose();
  });

  it('logs every few steps, validates at the end, and reports progress', async () => {
    const model = build();
    const seen: TrainingProgress[] = [];
    const outcome = await train(
      model,
      { ...options, steps: 7 },
      { ...data, folder, onProgress: (p) => void seen.push(p) },
    );
    expect(outcome).toMatchObject({ steps: 7, images: 56 });
    expect(seen.every(({ imagesPerSecond, steps }) => imagesPerSecond > 0 && steps === 7)).toBe(true);
    expect(seen.at(-1)?.secondsLeft).toBe(0);
    const lines = await readMetricsLog(folder);
    expect(lines).toEqual(outcome.history);
    expect(seen).toEqual(lines.map((line) => expect.objectContaining(line)));
    expect(lines.map(({ step, train, valid }) => [step, train !== undefined, valid !== undefined])).toEqual([
      [3, true, false],
      [6, true, false],
      [6, false, true],
      [7, true, false],
      [7, false, true],
    ]);
    model.dispose();
  });

  it('resumes from its checkpoint to the losses and weights of a run that was never interrupted', async () => {
    const whole = build();
    const uninterrupted = await train(whole, options, data);
    const part = build();
    await train(part, { ...options, steps: 6 }, { ...data, folder });
    part.dispose();
    const resumed = build(99); // other initial weights: the checkpoint's must win
    const outcome = await train(resumed, options, { ...data, folder });
    expect(weights(resumed)).toEqual(weights(whole));
    const losses = (history: typeof outcome.history) =>
      history.map(({ step, train, valid }) => [step, train, valid]);
    expect(losses(outcome.history)).toEqual(losses(uninterrupted.history));
    expect(losses(await readMetricsLog(folder))).toEqual(losses(uninterrupted.history));
    whole.dispose();
    resumed.dispose();
  });

  it('drops metrics that are later than the checkpoint, and a torn last line', async () => {
    const part = build();
    await train(part, { ...options, steps: 6 }, { ...data, folder });
    part.dispose();
    const path = join(folder, 'metrics.jsonl');
    const { appendFile } = await import('node:fs/promises');
    await appendFile(path, '{"step":9,"images":72,"seconds":1,"train":5}\n{"step":12,"ima');
    const resumed = build();
    const { history } = await train(resumed, options, { ...data, folder });
    expect(history.filter(({ step }) => step === 9)).toHaveLength(1);
    expect(history.find(({ step }) => step === 9)?.train).not.toBe(5);
    expect((await readFile(path, 'utf8')).endsWith('\n')).toBe(true);
    resumed.dispose();
  });

  it('has every entry once, where it was ended before one and killed after it', async () => {
    let looks = 0;
    const reason = new Error('stopped');
    const signal = {
      reason,
      get aborted() {
        return looks > 3;
      },
      throwIfAborted() {
        if (++looks > 3) throw reason; // before the entry of step 3, at which the checkpoint is
      },
    } as AbortSignal;
    await expect(train(build(), options, { ...data, folder, signal })).rejects.toThrow('stopped');
    const killed = () => {
      throw new Error('killed');
    };
    await expect(train(build(), options, { ...data, folder, onProgress: killed })).rejects.toThrow('killed');
    expect(await readMetricsLog(folder)).toMatchObject([{ step: 3 }]);
    await train(build(), options, { ...data, folder });
    const losses = (await readMetricsLog(folder)).filter(({ train }) => train !== undefined);
    expect(losses.map(({ step }) => step)).toEqual([3, 6, 9, 12]);
  });

  it('stops by time', async () => {
    const timed = build();
    const { steps } = await train(timed, { ...options, steps: 1_000_000, maxSeconds: 0.2 }, data);
    expect(steps).toBeGreaterThan(0);
    expect(steps).toBeLessThan(1_000_000);
    timed.dispose();
  });

  it('gives a model and a folder to one training at a time, and says so', async () => {
    const model = build();
    const other = build();
    const attempts: Promise<unknown>[] = [];
    const again = (model: tf.LayersModel, context: object) =>
      attempts.push(train(model, options, { ...data, ...context }));
    await train(
      model,
      { ...options, logEvery: 12 },
      {
        ...data,
        folder,
        onProgress: () => {
          again(model, {});
          again(other, { folder });
          for (const attempt of attempts) attempt.catch(() => {});
        },
      },
    );
    const [sameModel, sameFolder] = await Promise.allSettled(attempts);
    expect(sameModel).toMatchObject({ reason: { name: 'TrainingError', code: 'locked' } });
    expect(String((sameModel as PromiseRejectedResult).reason)).toContain(
      `The model '${model.name}' is being trained already`,
    );
    expect(sameFolder).toMatchObject({ reason: { name: 'TrainingError', code: 'locked' } });
    expect(String((sameFolder as PromiseRejectedResult).reason)).toContain(
      `${folder} is in use by this process (${process.pid}): wait until its other run ends`,
    );
    // Both are free again.
    expect((await train(other, { ...options, steps: 13 }, { ...data, folder })).steps).toBe(13);
    expect((await train(model, { ...options, steps: 1 }, data)).steps).toBe(1);
  });

  it('leaves the folder free where model and data do not fit together', async () => {
    const other = { ...data, valid: stripes(4, { side: 8 }) };
    await expect(train(build(), options, { ...other, folder })).rejects.toThrow('has images of 8 x 8 x 1');
    expect((await train(build(), options, { ...data, folder })).steps).toBe(options.steps);
  });

  it("ends at the interrupt of a notebook's cell, with a checkpoint and free to go on", async () => {
    const key = Symbol.for('jupyter.cellSignal');
    const controller = new AbortController();
    Object.defineProperty(globalThis, key, { configurable: true, value: controller.signal });
    try {
      const onProgress = () => controller.abort(new Error('interrupted'));
      await expect(train(build(), options, { ...data, folder, onProgress })).rejects.toThrow('interrupted');
      await expect(evaluate(build(), data.valid)).rejects.toThrow('interrupted');
    } finally {
      Reflect.deleteProperty(globalThis, key);
    }
    const resumed = build(5);
    const { history } = await train(resumed, options, { ...data, folder });
    expect(history.filter(({ step }) => step === 3)).toHaveLength(1); // of the first part
    const whole = build();
    await train(whole, options, data);
    expect(weights(resumed)).toEqual(weights(whole));
  });

  it('refuses options that are wrong, naming the key', async () => {
    const model = build();
    const refused = (changes: object) => train(model, { ...options, ...changes }, data);
    await expect(refused({ learnRate: 1 })).rejects.toThrow(/Training options: .*learnRate/);
    await expect(refused({ steps: 0 })).rejects.toThrow(/Training options: [\s\S]*steps/);
    await expect(refused({ schedule: 'step' })).rejects.toThrow("schedule 'step' needs stepEvery");
    model.dispose();
  });
});
