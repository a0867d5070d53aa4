import { type DisplayOptions, displaySymbol, type MimeBundle } from '@pixelrnn/cell';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { liveCurve } from './liveCurve.js';

const plotly = 'application/vnd.plotly.v1+json';
let shown: { bundle: MimeBundle; options: DisplayOptions }[];
let time: number;

beforeEach(() => {
  shown = [];
  time = 0;
});
afterEach(() => {
  Reflect.deleteProperty(globalThis, displaySymbol);
  vi.restoreAllMocks();
});

const enterNotebook = () =>
  Object.defineProperty(globalThis, displaySymbol, {
    configurable: true,
    value: (bundle: MimeBundle, options: DisplayOptions) => shown.push({ bundle, options }),
  });
const points = (at: number) =>
  (shown[at]!.bundle[plotly] as { data: { x: number[]; y: number[] }[] }).data[0]!;

it('grows in place, once in a while, and ends whole, with a picture', async () => {
  enterNotebook();
  const curve = liveCurve({ label: 'PixelCNN', unit: 'nats', now: () => time });
  for (const [at, step] of [
    [0, 10],
    [400, 20],
    [1000, 30],
    [1100, 40],
  ] as const) {
    time = at;
    curve.add({ step, train: 200 - step });
  }
  await curve.end();
  expect(shown.map((_, i) => points(i).x)).toEqual([[10], [10, 20, 30], [10, 20, 30, 40]]);
  expect(points(2).y).toEqual([190, 180, 170, 160]);
  expect(shown.map(({ options }) => options.update)).toEqual([false, true, true]);
  expect(new Set(shown.map(({ options }) => options.displayId)).size).toBe(1);
  expect(shown.map(({ bundle }) => 'image/svg+xml' in bundle)).toEqual([false, false, true]);
});

it('draws validation losses too', async () => {
  enterNotebook();
  const curve = liveCurve({ label: 'PixelCNN', unit: 'nats', now: () => time });
  for (const entry of [
    { step: 10, train: 190 },
    { step: 10, valid: 180 },
    { step: 20, train: 170 },
  ])
    curve.add(entry);
  await curve.end();
  const { data } = shown.at(-1)!.bundle[plotly] as { data: { x: number[]; y: number[] }[] };
  expect(data.map(({ x, y }) => [x, y])).toContainEqual([[10], [180]]);
});

it('is in bits per dimension where it is asked to be', async () => {
  enterNotebook();
  const curve = liveCurve({ label: 'Row LSTM', unit: 'bits/dim', dimensions: 3072, now: () => time });
  curve.add({ step: 1, train: 3072 * 4 * Math.LN2 });
  expect(points(0).y[0]).toBeCloseTo(4, 10);
});

it('writes plain lines outside of notebooks', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const curve = liveCurve({ label: 'PixelCNN', unit: 'nats' });
  curve.add({ step: 10, train: 98.76543 });
  curve.add({ step: 10, valid: 99.5 });
  await curve.end();
  expect(said.mock.calls).toEqual([
    ['PixelCNN  step 10  98.7654 nats per image'],
    ['PixelCNN  step 10  98.7654 nats per image  99.5000 on validation images'],
  ]);
});

it('shows nothing where there was nothing', async () => {
  enterNotebook();
  await liveCurve({ label: 'PixelCNN', unit: 'nats' }).end();
  expect(shown).toEqual([]);
});
