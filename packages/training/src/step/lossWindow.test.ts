import { loadEngine } from '@pixelrnn/engine';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, it } from 'vitest';
import { firstNonFinite, LossWindow, stepNumbers, windowMeans } from './lossWindow.js';

beforeAll(() => loadEngine({ quiet: true }));

async function sums(steps: [loss: number, squaredNorm: number][], window = new LossWindow()) {
  for (const [loss, squared] of steps) window.add(stepNumbers(tf.scalar(loss), tf.scalar(squared)));
  return window.state();
}

it('averages losses, and norms by their squares', async () => {
  const state = await sums([
    [90, 4],
    [100, 14],
  ]);
  expect(windowMeans(state)).toEqual({ loss: 95, gradientNorm: 3 });
  expect(firstNonFinite(state)).toBeNull();
});

it('tells the first step at which something was not finite, whatever came after', async () => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number;
  expect(
    firstNonFinite(
      await sums([
        [1, 1],
        [1, inf],
        [nan, nan],
        [1, 1],
      ]),
    ),
  ).toEqual({ step: 1, what: 'gradient' });
  expect(firstNonFinite(await sums([[nan, 1]]))).toEqual({ step: 0, what: 'loss' });
  expect(
    firstNonFinite(
      await sums([
        [inf, 1],
        [-inf, 1],
      ]),
    ),
  ).toEqual({ step: 0, what: 'loss' });
});

it('resumes from a restored state, and begins anew when cleared', async () => {
  const window = new LossWindow();
  window.restore(await sums([[0.1, 0.3]]));
  expect(await sums([[0.2, 0.1]], window)).toEqual(
    await sums([
      [0.1, 0.3],
      [0.2, 0.1],
    ]),
  );
  window.clear();
  expect(await sums([[3, 1]], window)).toEqual({ totals: [3, 1], finite: [1, 1], steps: 1 });
});
