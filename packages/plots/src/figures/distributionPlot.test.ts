import { expect, test } from 'vitest';
import { distributionPlot } from './distributionPlot.js';
import type { JsonObject } from './figure.js';

/** A distribution over 256 intensities with peaks at both ends: 1/4 at 0, 1/2 at 255, the rest shared evenly. */
const peaked = Array.from({ length: 256 }, (_, i) => (i === 0 ? 0.25 : i === 255 ? 0.5 : 0.25 / 254));
const even = new Float32Array(256).fill(1 / 256);

test('each distribution has a panel; the intensities at the ends are apart from the frame, coloured and printed', () => {
  const { data, layout } = distributionPlot({ probabilities: [peaked, even], labels: ['<first>', 'red'] });
  expect(
    data.map(({ x, y, yaxis, width }) => [(x as number[]).length, (y as number[])[0], yaxis, width]),
  ).toEqual([
    [254, 0.00098425, 'y', 1],
    [2, 0.25, 'y', 1],
    [254, 0.0039063, 'y2', 1],
    [2, 0.0039063, 'y2', 1],
  ]);
  expect(data[1]).toMatchObject({ x: [0, 255], y: [0.25, 0.5], name: '&lt;first&gt;' });
  expect((data[1]!.marker as JsonObject).color).not.toBe((data[0]!.marker as JsonObject).color);
  const [low, high] = (layout.xaxis as { range: [number, number] }).range;
  expect([low < -2, high > 257]).toEqual([true, true]);
  expect(layout).toMatchObject({ yaxis: { range: [0, 0.53] }, xaxis: { anchor: 'y2' } });
  expect((layout.annotations as JsonObject[])[1]!.text).toBe(
    '<b>&lt;first&gt;</b><br>p(0) = 25%<br>p(255) = 50%',
  );
  expect(layout.meta).toEqual({
    description:
      '<first>: p(0) = 25%, p(255) = 50%, highest at 255; red: p(0) = 0.391%, p(255) = 0.391%, highest at 0',
  });
});

test('probabilities next to nothing are all printed alike', () => {
  const [tiny, left] = [2.13e-32, 1 - 2.13e-9];
  const { layout } = distributionPlot({
    probabilities: [
      [tiny, 1, 0],
      [2.13e-9, left, 0.00001],
    ],
    labels: ['a', 'b'],
  });
  expect((layout.annotations as JsonObject[]).slice(1).map(({ text }) => text)).toEqual([
    '<b>a</b><br>p(0) &lt; 0.001%<br>p(2) &lt; 0.001%',
    '<b>b</b><br>p(0) &lt; 0.001%<br>p(2) = 0.001%',
  ]);
  expect(layout.meta).toMatchObject({ description: expect.stringContaining('a: p(0) < 0.001%, p(2) < 0') });
});

test('panels share the height without touching', () => {
  const { layout } = distributionPlot({ probabilities: [even, even, even], labels: ['a', 'b', 'c'] });
  const domains = ['yaxis', 'yaxis2', 'yaxis3'].map(
    (name) => (layout[name] as { domain: [number, number] }).domain,
  );
  expect(domains[0]![1]).toBe(1);
  expect(domains[2]![0]).toBeCloseTo(0, 10);
  for (const i of [1, 2])
    expect(domains[i - 1]![0] - domains[i]![1]).toBeCloseTo(22 / (3 * 112 + 2 * 22), 10);
});

test('two intensities are two bars', () => {
  const { data } = distributionPlot({ probabilities: [[0.75, 0.25]], labels: ['a'] });
  expect(data).toMatchObject([{ x: [0, 1], y: [0.75, 0.25] }]);
});

test.each([
  [[], [], 'at least one distribution'],
  [[[0.5, 0.5]], [], 'a label for each of its 1 distributions, got 0'],
  [[[0.5, 0.5], [1]], ['a', 'b'], "'a' has 2, 'b' has 1"],
  [[[1]], ['a'], '2 or more intensities'],
  [
    [[-1, 2]],
    ['a'],
    "probabilities of 'a' must be 0 or more, got -1 for intensity 0; give probabilities, not logits",
  ],
  [[[0.5, Number.NaN]], ['a'], 'got NaN for intensity 1'],
  [[[0.5, 0.4]], ['a'], 'must add up to 1, got 0.9000'],
])('what is no distribution is refused (%#)', (probabilities, labels, message) => {
  expect(() => distributionPlot({ probabilities, labels })).toThrow(message);
});
