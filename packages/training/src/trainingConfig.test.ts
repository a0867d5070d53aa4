import { describe, expect, it } from 'vitest';
import { configDifferences, parseTrainingConfig, type TrainingOptions } from './trainingConfig.js';

const options: TrainingOptions = {
  steps: 10,
  batchSize: 4,
  seed: 0,
  learningRate: 1e-3,
  logEvery: 5,
  validateEvery: 10,
};

describe('parseTrainingConfig', () => {
  it("fills in the papers' optimiser with Torch7's numbers, and nothing that the papers do not speak of", () => {
    expect(parseTrainingConfig(options)).toEqual({
      ...options,
      maxSeconds: null,
      optimizer: 'rmsprop',
      decay: 0.99,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      schedule: 'constant',
      warmupSteps: 0,
      stepEvery: null,
      stepFactor: 0.5,
      cosineEnd: 0,
      clipNorm: null,
      loss: 'nll',
      dropCondition: 0,
      emaDecay: null,
      patience: null,
      minDelta: 0,
      nonFinite: 'stop',
      validImages: null,
      checkpointMinutes: 5,
      tensorBoard: true,
      replay: true,
    });
  });

  it.each([
    [{ rate: 1 }, 'rate: unknown, expected one of steps, maxSeconds, batchSize'],
    [{ learningRate: 0 }, 'learningRate'],
    [{ decay: 1 }, 'decay'],
    [{ optimizer: 'sgd' }, 'optimizer: expected "rmsprop" or "adam", got "sgd".'],
    [{ schedule: 'step' }, "schedule 'step' needs stepEvery"],
    [{ schedule: 'cosine', warmupSteps: 10 }, 'needs warmupSteps below steps, got 10 of 10'],
  ])('refuses %j', (changes, message) => {
    const wrong = { ...options, ...changes } as TrainingOptions;
    expect(() => parseTrainingConfig(wrong)).toThrow(message);
    expect(() => parseTrainingConfig(wrong)).toThrow(expect.objectContaining({ code: 'config' }));
  });
});

describe('configDifferences', () => {
  const differences = (before: Partial<TrainingOptions>, now: Partial<TrainingOptions>) =>
    configDifferences(
      parseTrainingConfig({ ...options, ...before }),
      parseTrainingConfig({ ...options, ...now }),
    );

  it('names what changes the weights', () => {
    expect(differences({}, { learningRate: 2, seed: 1 })).toEqual(['seed', 'learningRate']);
  });

  it('lets a run go on with more steps, but not along another cosine', () => {
    expect(differences({}, { steps: 20, logEvery: 1, maxSeconds: 5, validImages: 3 })).toEqual([]);
    const cosine = { schedule: 'cosine' } as const;
    expect(differences(cosine, { ...cosine, steps: 20 })).toEqual(['steps']);
  });

  it('refuses less than was done, where that is another wish than before', () => {
    const differences = (now: Partial<TrainingOptions>, before: Partial<TrainingOptions> = {}) =>
      configDifferences(
        parseTrainingConfig({ ...options, ...before }),
        parseTrainingConfig({ ...options, ...now }),
        { steps: 8, seconds: 60.3 },
      );
    expect(differences({ steps: 8 })).toEqual([]);
    expect(differences({ steps: 7 })).toEqual(['steps']);
    expect(differences({ maxSeconds: 61 })).toEqual([]);
    expect(differences({ maxSeconds: 60 }, { maxSeconds: 60 })).toEqual([]); // a run ends a little after its time
    expect(differences({ maxSeconds: 60 })).toEqual(['maxSeconds']);
  });

  it('lets a run that never skipped an update skip some from now on, but not the other way', () => {
    expect(differences({}, { nonFinite: 'skip' })).toEqual([]);
    expect(differences({ nonFinite: 'skip' }, {})).toEqual(['nonFinite']);
  });

  it('lets no run that may stop early go on after a validation that was only its last', () => {
    const differences = (last: number, done: number, now: Partial<TrainingOptions> = { steps: 60 }) =>
      configDifferences(
        parseTrainingConfig({ ...options, patience: 2, steps: last, maxSeconds: 9 }),
        parseTrainingConfig({ ...options, patience: 2, steps: last, maxSeconds: 9, ...now }),
        { steps: done, seconds: done },
      );
    expect(differences(5, 5)).toEqual(['steps']);
    expect(differences(10, 10, { steps: 60, maxSeconds: 99 })).toEqual([]);
    expect(differences(50, 5)).toEqual([]); // interrupted, without a validation
    expect(differences(50, 12, { maxSeconds: 99 })).toEqual(['maxSeconds']);
    expect(differences(50, 12, {})).toEqual([]);
  });

  it('counts the validations as part of a run that they may end', () => {
    const early = { patience: 2 };
    expect(differences(early, { ...early, validateEvery: 3 })).toHaveLength(1);
  });
});
