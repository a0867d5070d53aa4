import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { temporaryFolder } from '@pixelrnn/files/testing';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadModel } from './checkpoint/loadModel.js';
import { evaluate } from './evaluate.js';
import { trainableVariables } from './step/objective.js';
import {
  tinyModel as build,
  tinyData as data,
  tinyOptions,
  weightsOf as weights,
} from './testing/tinyRun.js';
import { train } from './train.js';
import type { TrainingOptions } from './trainingConfig.js';

beforeAll(() => loadEngine({ quiet: true }));

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const options: TrainingOptions = { ...tinyOptions, logEvery: 3, validateEvery: 2 };

/** A run in one piece and one in two, with everything that a checkpoint has to keep. */
async function wholeAndResumed(changes: Partial<TrainingOptions>, part = 5) {
  const all = { ...options, ...changes };
  const whole = build();
  const uninterrupted = await train(whole, all, data);
  const first = build();
  const before = tf.memory().numTensors;
  await train(first, { ...all, steps: part }, { ...data, folder });
  expect(tf.memory().numTensors).toBe(before);
  const resumed = build(99);
  const outcome = await train(resumed, all, { ...data, folder });
  const timeless = ({ history, skipped, steps }: typeof outcome) => ({
    skipped,
    steps,
    // The part that ends early logs and validates at its end too.
    history: history.filter(({ step }) => step > part + 3).map(({ seconds: _, ...line }) => line),
  });
  return { whole, resumed, uninterrupted, expected: timeless(uninterrupted), found: timeless(outcome) };
}

describe('a run in two parts gives the weights and losses of one', () => {
  it.each<[string, Partial<TrainingOptions>]>([
    ['adam', { optimizer: 'adam' }],
    ['warm-up and steps', { warmupSteps: 3, schedule: 'step', stepEvery: 4, stepFactor: 0.1 }],
    ['clipping', { clipNorm: 0.5 }],
    ['an average of the weights', { emaDecay: 0.9 }],
    ['skipping', { nonFinite: 'skip' }],
  ])('with %s', async (_, changes) => {
    const { whole, resumed, expected, found } = await wholeAndResumed(changes);
    expect(weights(resumed)).toEqual(weights(whole));
    expect(found).toEqual(expected);
    const plain = build();
    await train(plain, options, data);
    if (!('nonFinite' in changes)) expect(weights(whole)).not.toEqual(weights(plain));
    else expect(weights(whole)).toEqual(weights(plain));
  });
});

describe('an average of the weights', () => {
  it('is what is validated, kept for loading and left in the model', async () => {
    const model = build();
    const { history } = await train(model, { ...options, emaDecay: 0.9 }, { ...data, folder });
    const { nats } = await evaluate(model, data.valid);
    expect(history.at(-1)?.valid).toBeCloseTo(nats, 6);
    expect(weights(await loadModel(join(folder, 'checkpoint')))).toEqual(weights(model));
  });

  it('is what is in the model after a validation, as when samples are drawn', async () => {
    const model = build();
    let seen: number[][] = [];
    await train(
      model,
      { ...options, emaDecay: 0.9 },
      {
        ...data,
        onValidation: async () => {
          seen = weights(model);
        },
      },
    );
    expect(seen).toEqual(weights(model));
  });
});

describe('early stopping', () => {
  // A rate at which the loss soon rises again.
  const early = { patience: 3, learningRate: 0.05, steps: 200, logEvery: 50 };

  it('ends after so many validations without improvement, with the weights of the best', async () => {
    const model = build();
    const { steps, best, history } = await train(model, { ...options, ...early }, { ...data, folder });
    expect(steps).toBeLessThan(200);
    expect(best?.since).toBe(3);
    expect(steps).toBe((best?.step ?? 0) + 3 * 2);
    const validations = history.filter(({ valid }) => valid !== undefined);
    expect(Math.min(...validations.map(({ valid }) => valid as number))).toBe(best?.nats);
    expect((await evaluate(model, data.valid)).nats).toBeCloseTo(best?.nats as number, 6);
    expect(weights(await loadModel(join(folder, 'checkpoint')))).toEqual(weights(model));
    // The entry of the loss that ends the log.
    expect(history.at(-1)).toMatchObject({ step: steps, train: expect.any(Number) });
    // Called again, it is over.
    const again = build(5);
    const second = await train(again, { ...options, ...early }, { ...data, folder });
    expect(second.steps).toBe(steps);
    expect(weights(again)).toEqual(weights(model));
  });

  it('does the same when it was interrupted', async () => {
    const whole = build();
    const uninterrupted = await train(whole, { ...options, ...early }, data);
    const controller = new AbortController();
    const interrupted = train(
      build(),
      { ...options, ...early },
      {
        ...data,
        folder,
        signal: controller.signal,
        onValidation: async (_, step) => {
          if (step === (uninterrupted.best?.step ?? 0) + 2) controller.abort(new Error('enough'));
        },
      },
    );
    await expect(interrupted).rejects.toThrow('enough');
    const resumed = build(3);
    const outcome = await train(resumed, { ...options, ...early }, { ...data, folder });
    expect(weights(resumed)).toEqual(weights(whole));
    expect(outcome.best).toEqual(uninterrupted.best);
    expect(outcome.steps).toBe(uninterrupted.steps);
  });
});

describe('a loss or gradient that is not finite', () => {
  /** Makes the update of one step fail: from then on, until `mend`, all weights are NaN. */
  function breaking(model: tf.LayersModel) {
    const [first] = trainableVariables(model) as [tf.Variable];
    const good = tf.keep(tf.clone(first));
    return {
      spoil: () => first.assign(tf.fill(first.shape, Number.NaN)),
      mend: () => first.assign(good),
    };
  }

  it('stops with the step, the images of its batch and the last good checkpoint', async () => {
    const model = build();
    const part = { ...data, folder };
    await train(model, { ...options, steps: 4 }, part);
    const { spoil } = breaking(model);
    const error = train(
      model,
      { ...options, logEvery: 10, validateEvery: 4 },
      {
        ...part,
        onValidation: async (_, step) => void (step === 8 && spoil()),
      },
    );
    const batches = data.train.batches({ batchSize: 8, seed: 7, step: 8 });
    await expect(error).rejects.toThrow(
      `The loss was not finite at step 9, images ${batches.next().value.indices.join(', ')} of stripes; ` +
        `the last good checkpoint is of step 4, in ${join(folder, 'checkpoint')}. Lower the learning rate`,
    );
    await expect(error).rejects.toMatchObject({ code: 'non-finite', exitCode: 1 });
  });

  it('leaves no checkpoint of weights that it has spoilt', async () => {
    const model = build();
    const { spoil } = breaking(model);
    const often = { ...options, checkpointMinutes: 1e-9, validateEvery: 4 };
    const error = train(model, often, { ...data, folder, onValidation: async () => void spoil() });
    await expect(error).rejects.toThrow('The weights are not finite after step 4, so no checkpoint of it');
    const resumed = build();
    await train(resumed, options, { ...data, folder });
    const whole = build();
    await train(whole, options, data);
    expect(weights(resumed)).toEqual(weights(whole));
  });

  it('of a validation names the validation images, and advises nothing that is set', async () => {
    const model = build();
    const { spoil } = breaking(model);
    const few = { ...options, nonFinite: 'skip', clipNorm: 1, logEvery: 100, validImages: 10 } as const;
    // Spoilt after the last update and before the validation of the end.
    const learning = { ...few, steps: 4, validateEvery: 4, checkpointMinutes: 1e-9 };
    const error = train(model, { ...learning, logEvery: 4 }, { ...data, onProgress: () => void spoil() });
    await expect(error).rejects.toThrow(
      /^The validation loss was not finite after step 4, over 10 images of stripes; there is no checkpoint yet\. Lower the learning rate or lower clipNorm\.$/,
    );
  });

  it('is skipped and counted where asked, and the weights stay', async () => {
    const model = build();
    const { spoil, mend } = breaking(model);
    const warnings: string[] = [];
    const outcome = await train(
      model,
      { ...options, steps: 6, logEvery: 2, validateEvery: 6, nonFinite: 'skip' },
      {
        ...data,
        onWarning: (message) => void warnings.push(message),
        onProgress: ({ step }) => void (step === 2 ? spoil() : mend()),
      },
    );
    expect(outcome).toMatchObject({ steps: 6, skipped: 2 });
    expect(outcome.history.map(({ step, skipped, train }) => [step, skipped, train !== undefined])).toEqual([
      [2, 0, true],
      [4, 2, false],
      [6, 2, true],
      [6, undefined, false],
    ]);
    expect(warnings).toHaveLength(2);
    const { indices } = data.train.batches({ batchSize: 8, seed: 7, step: 2 }).next().value;
    expect(warnings[0]).toBe(`Step 3: loss or gradient not finite, update skipped; images ${indices}.`);
    expect(weights(model).flat().every(Number.isFinite)).toBe(true);
  });

  it('is not skipped for ever', async () => {
    const model = build();
    breaking(model).spoil();
    const stuck = train(
      model,
      { ...options, steps: 500, nonFinite: 'skip', validateEvery: 500 },
      { ...data, onWarning: () => {} },
    );
    await expect(stuck).rejects.toThrow(
      /^The loss or gradient was not finite at 100 steps in a row, the last of them step 100, images [\d, ]+ of stripes; there is no checkpoint yet\. Lower the learning rate or set clipNorm\.$/,
    );
  });
});
