import { expect, test } from 'vitest';
import { trainingCurve } from './trainingCurve.js';

// As train(...) logs it: the validation loss of a step is an entry of its own.
const log = [
  { step: 10, images: 160, seconds: 1, train: 100, learningRate: 0.001 },
  { step: 20, images: 320, seconds: 2, train: 90 },
  { step: 20, images: 320, seconds: 3, valid: 95 },
  { step: 30, images: 480, seconds: 4, train: 88, valid: 91 },
];
const run = { label: 'PixelCNN', log };

test("a run's log is drawn as it is: entries of a step belong together", () => {
  expect(trainingCurve([run], { unit: 'nats' })).toEqual(
    trainingCurve([{ label: 'PixelCNN', steps: [10, 20, 30], train: [100, 90, 88], valid: [null, 95, 91] }], {
      unit: 'nats',
    }),
  );
});

test('over images, and in bits/dim', () => {
  const { data } = trainingCurve([{ ...run, dimensions: 100 }], { unit: 'bits/dim', horizontal: 'images' });
  expect(data[0]!.x).toEqual([160, 320, 480]);
  // 100 nats over 100 values are 1 nat each, 1 / ln 2 bits.
  expect((data[0]!.y as number[])[0]).toBeCloseTo(Math.LOG2E, 10);
});

test('over hours of training', () => {
  const hours = log.map((entry) => ({ ...entry, seconds: 3600 * entry.seconds }));
  const { data, layout } = trainingCurve([{ label: 'PixelCNN', log: hours }], {
    unit: 'nats',
    horizontal: 'hours',
  });
  expect(data.map(({ x }) => x)).toEqual([
    [1, 2, 4],
    [3, 4],
  ]);
  expect(data[0]!.hovertemplate).toContain('%{x:.2f} h: %{y:.2f} nats per image');
  expect(layout).toMatchObject({ xaxis: { title: { text: 'hours of training' } } });
  expect(layout.meta).toEqual({
    description:
      'PixelCNN, training: 88.00 nats per image after 4 hours; PixelCNN, validation: 91.00 nats per image after 4 hours',
  });
});

test('a step that was logged again replaces the loss of before', () => {
  const { data } = trainingCurve([{ label: 'a', log: [...log, { step: 30, valid: 80 }] }], { unit: 'nats' });
  expect(data[1]!.y).toEqual([95, 80]);
});

test.each([
  [{ label: 'a', log: [] }, {}, "Run 'a' must hold at least one step"],
  [
    run,
    { unit: 'bits/dim' as const },
    'give its dimensions (height x width x colours) for a curve in bits/dim, got undefined',
  ],
  [
    { label: 'a', log: [{ step: 3, train: 1 }] },
    { horizontal: 'images' as const },
    'must give the images seen at step 3',
  ],
  [
    { label: 'a', log: [{ step: 3, train: 1 }] },
    { horizontal: 'hours' as const },
    'must give the seconds of training at step 3 for a curve over hours',
  ],
  [{ label: 'a', log: [...log].reverse() }, {}, 'must be finite and rise, got 20 at index 1'],
])('a log without what the axes need is refused (%#)', (bad, options, message) => {
  expect(() => trainingCurve([bad], { unit: 'nats', ...options })).toThrow(message);
});
