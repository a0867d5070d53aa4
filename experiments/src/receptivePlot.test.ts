import { expect, it } from 'vitest';
import { type ContextPoint, likelihoodAgainstContext } from './receptivePlot.js';

const point = (label: string, inputs: number, test: number): ContextPoint => ({
  ...{ label, inputs, test, ideal: 400, parameters: 41_000, standardError: 0.2 },
});

it('puts labels where they run over no point: left of a near one, and at the right end', () => {
  const points = [
    point('PixelCNN, alone', 40, 95),
    point('PixelCNN, near', 160, 90),
    point('PixelCNN, nearer', 170, 89.5),
    point('Row LSTM, last', 300, 85),
  ];
  const { data } = likelihoodAgainstContext(points, { title: 'Likelihood' });
  expect(data.map(({ name, text, textposition }) => [name, text, textposition])).toEqual([
    ['PixelCNN', ['alone', 'near', 'nearer'], ['top right', 'bottom left', 'top right']],
    ['Row LSTM', ['last'], ['bottom left']],
  ]);
  expect(data.map(({ x, y }) => [x, y])).toEqual([
    [
      [40, 160, 170],
      [95, 90, 89.5],
    ],
    [[300], [85]],
  ]);
});
