import { expect, it } from 'vitest';
import { parseTrainingConfig, type TrainingOptions } from '../trainingConfig.js';
import { learningRateAt } from './schedule.js';

const rates = (options: Partial<TrainingOptions>, steps: number[]) => {
  const base = { steps: 10, batchSize: 1, seed: 0, learningRate: 1, logEvery: 1, validateEvery: 1 };
  const config = parseTrainingConfig({ ...base, ...options });
  return steps.map((step) => Number(learningRateAt(config, step).toFixed(6)));
};

it('is constant by default', () => {
  expect(rates({}, [0, 5, 9, 1000])).toEqual([1, 1, 1, 1]);
});

it('rises linearly over the warm-up, and reaches the rate with the first step after it', () => {
  expect(rates({ warmupSteps: 3 }, [0, 1, 2, 3, 4])).toEqual([0.25, 0.5, 0.75, 1, 1]);
});

it('falls by a factor every so many steps, counted from the end of the warm-up', () => {
  const step = { schedule: 'step', stepEvery: 2, stepFactor: 0.1 } as const;
  expect(rates(step, [0, 1, 2, 3, 4])).toEqual([1, 1, 0.1, 0.1, 0.01]);
  expect(rates({ ...step, warmupSteps: 1 }, [0, 1, 2, 3])).toEqual([0.5, 1, 1, 0.1]);
});

it('falls along half a cosine to its end, and stays there', () => {
  const cosine = { schedule: 'cosine', steps: 8 } as const;
  expect(rates(cosine, [0, 2, 4, 6, 8, 9])).toEqual([1, 0.853553, 0.5, 0.146447, 0, 0]);
  expect(rates({ ...cosine, cosineEnd: 0.2 }, [0, 4, 8])).toEqual([1, 0.6, 0.2]);
  expect(rates({ ...cosine, warmupSteps: 4 }, [3, 4, 6, 8])).toEqual([0.8, 1, 0.5, 0]);
});
