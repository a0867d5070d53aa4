import { expect, test } from 'vitest';
import { trainingCurve } from './trainingCurve.js';

const run = { label: 'PixelCNN', steps: [0, 10, 20, 30], train: [540, 100, 90, 86] };

test('a run with validation losses is a pale and a thick line of one colour, gaps left out', () => {
  const { data } = trainingCurve([{ ...run, valid: [null, 101, Number.NaN, 87.5] }], { unit: 'nats' });
  expect(data).toMatchObject([
    { type: 'scatter', mode: 'lines', name: 'PixelCNN, training', x: run.steps, y: run.train },
    { type: 'scatter', mode: 'lines+markers', name: 'PixelCNN, validation', x: [10, 30], y: [101, 87.5] },
  ]);
  expect(data.map((trace) => trace.line)).toEqual([
    { color: '#0072b273', dash: 'solid', width: 1.2 },
    { color: '#0072b2', dash: 'solid', width: 2.5 },
  ]);
});

test('the paper is a horizontal line, and it and every run are labelled at the right', () => {
  const { layout } = trainingCurve([{ ...run, valid: [null, 101, null, 87.5] }], {
    unit: 'nats',
    paper: [{ label: 'PixelCNN', value: 81.3 }],
    title: 'Binarized MNIST',
  });
  expect(layout).toMatchObject({
    title: { text: 'Binarized MNIST' },
    xaxis: { title: { text: 'training steps' } },
    yaxis: { title: { text: 'negative log-likelihood (nats per image)' } },
    shapes: [{ type: 'line', xref: 'paper', x0: 0, x1: 1, y0: 81.3, y1: 81.3 }],
    annotations: [
      { text: 'PixelCNN, validation: 87.50', y: 87.5 },
      { text: 'PixelCNN (paper): 81.30', y: 81.3 },
      {
        text: 'pale: training; with dots: validation; dashed grey: the paper; higher losses lie above the picture',
        y: 1,
        yref: 'paper',
      },
    ],
  });
});

test('training losses alone are labelled, and not pale', () => {
  const { data, layout } = trainingCurve([run], { unit: 'nats' });
  expect(data).toMatchObject([{ line: { color: '#0072b2' } }]);
  expect(layout.annotations).toMatchObject([
    { text: 'PixelCNN, training: 86.00', y: 86 },
    { text: 'higher losses lie above the picture' },
  ]);
  const inside = { label: 'a', steps: [0, 1, 2], train: [2, 2, 2] };
  expect(trainingCurve([inside], { unit: 'nats' }).layout.annotations).toMatchObject([{}, { text: '' }]);
});

test('losses have the decimals of their metric, numbers of the paper those that it prints, with their marks', () => {
  const bits = { label: 'Row LSTM', steps: [1, 2], train: [4.2, 4.1], valid: [4.15678, 4.12345] };
  const { layout } = trainingCurve([bits], {
    unit: 'bits/dim',
    paper: [
      { label: 'Row LSTM', value: 4.13, text: '4.13 (?)' },
      { label: 'other', value: 3.06 },
    ],
  });
  expect((layout.annotations as { text: string }[]).slice(0, 3).map(({ text }) => text)).toEqual([
    'Row LSTM (paper): 4.13 (?)',
    'Row LSTM, validation: 4.123',
    'other (paper): 3.06 ↓',
  ]);
  expect(layout.meta).toMatchObject({
    description: expect.stringMatching(
      /Row LSTM \(paper\): 4\.13 \(\?\) bits\/dim; other \(paper\): 3\.06 bits/,
    ),
  });
});

test('validation losses of training images that were held out are called so', () => {
  const { data, layout } = trainingCurve([{ ...run, valid: [null, 101, null, 87.5] }], {
    unit: 'nats',
    heldOut: true,
  });
  expect(data[1]!.name).toBe('PixelCNN, held-out');
  expect(layout.annotations).toMatchObject([
    { text: 'PixelCNN, held-out: 87.50' },
    { text: expect.stringContaining('with dots: held-out training images') },
  ]);
  expect(layout.title).toMatchObject({ text: 'Training and held-out loss' });
  expect(JSON.stringify({ data, layout })).not.toContain('validation');
});

test('the key tells where only some runs have a training loss', () => {
  const nothing = run.steps.map(() => null);
  const valid = [null, 101, null, 87.5];
  const { layout } = trainingCurve(
    [
      { ...run, valid },
      { ...run, label: 'Squared-error decoder', train: nothing, valid },
    ],
    { unit: 'nats' },
  );
  expect((layout.annotations as { text: string }[]).at(-1)?.text).toMatch(
    /^pale: training, of 1 of the 2 runs; with dots: validation;/,
  );
});

test('a number of the paper far from all losses is a label with an arrow, and takes no room', () => {
  const at = (value: number) =>
    trainingCurve([{ ...run, valid: [null, 101, null, 87.5] }], {
      unit: 'nats',
      paper: [{ label: 'PixelCNN', value }],
    }).layout as {
      yaxis: { range: [number, number] };
      annotations: { text: string; y: number }[];
      shapes: unknown[];
    };
  // Losses span 86 to 101: numbers are drawn as far as 7.5 below.
  expect(at(78.6)).toMatchObject({ shapes: [{ y0: 78.6, y1: 78.6 }] });
  expect(at(78.6).yaxis.range[0]).toBeLessThan(78.6);
  const { yaxis, annotations, shapes } = at(78.4);
  expect(shapes).toEqual([]);
  expect(yaxis.range).toEqual([86 - 0.75, 101 + 0.75]);
  expect(annotations.slice(1)).toMatchObject([
    { text: 'PixelCNN (paper): 78.40 ↓', y: yaxis.range[0], arrowcolor: 'rgba(0, 0, 0, 0)' },
    {
      text: 'pale: training; with dots: validation; grey with an arrow: the paper, beyond the picture; higher losses lie above the picture',
    },
  ]);
  expect(at(130).annotations[0]).toMatchObject({ text: 'PixelCNN (paper): 130.00 ↑', y: 101.75 });
});

test('the first quarter of the training losses, and peaks, may lie above the picture', () => {
  const train = [8, 6, 5.2, 5, 4.8, 9, 4.6, 4.4, 4.1];
  const steps = train.map((_, i) => i);
  const range = (valid: (number | null)[]) => {
    const { layout } = trainingCurve([{ label: 'a', steps, train, valid }], { unit: 'bits/dim' });
    return (layout.yaxis as { range: [number, number] }).range;
  };
  const none = steps.map(() => null);
  expect(range(none)[1]).toBeCloseTo(6 + 0.05 * 1.9);
  expect(range([...none.slice(2), 4.3, 4.2])[1]).toBeCloseTo(6 + 0.05 * 1.9);
  expect(range([null, 6.2, ...none.slice(2)])[1]).toBeCloseTo(6.2 + 0.05 * 2.1); // validation losses do not
});

test('hover labels have the whole name, the place and the unit; the description has the last losses', () => {
  const { data, layout } = trainingCurve([run], { unit: 'bits/dim', horizontal: 'images' });
  expect(data[0]!.hovertemplate).toBe(
    '<b>%{fullData.name}</b><br>%{x:,} images: %{y:.3f} bits/dim<extra></extra>',
  );
  const paper = [{ label: 'PixelCNN', value: 81.3 }];
  const steps = trainingCurve([run], { unit: 'nats', paper });
  expect(steps.data[0]!.hovertemplate).toContain('step %{x:,}: %{y:.2f} nats per image');
  expect(layout).toMatchObject({ hoverlabel: { namelength: -1 } });
  expect(steps.layout.meta).toEqual({
    description:
      'PixelCNN, training: 86.00 nats per image after 30 steps; PixelCNN (paper): 81.30 nats per image',
  });
});

test('first losses that tower over the rest are cut off in the picture, not in the data', () => {
  const valid = [600, 102, null, 80];
  const { data, layout } = trainingCurve([{ ...run, valid }], { unit: 'nats' });
  const [low, high] = (layout.yaxis as { range: [number, number] }).range;
  // The median is 100: up to 80 + 4 * (100 - 80) = 160, and a twentieth of the height on either side.
  expect([low, high]).toEqual([76, 164]);
  expect(data.map(({ y }) => y)).toEqual([run.train, [600, 102, 80]]);
});

test('a loss that never moves, and a run of a single step, still have a range', () => {
  const { data, layout } = trainingCurve([{ label: 'uniform', steps: [0], train: [8] }], {
    unit: 'bits/dim',
    horizontal: 'images',
  });
  expect(data[0]!.mode).toBe('lines+markers');
  expect(layout).toMatchObject({
    xaxis: { range: [0, 1], title: { text: 'training images seen' } },
    yaxis: { range: [7.5, 8.5], title: { text: 'negative log-likelihood (bits/dim)' } },
  });
});

test('runs differ in colour, and in dash where the colours are used up', () => {
  const runs = Array.from({ length: 9 }, (_, i) => ({ ...run, label: `${i} & <b>` }));
  const { data } = trainingCurve(runs, { unit: 'nats' });
  const styles = data.map((trace) => JSON.stringify(trace.line));
  expect(new Set(styles).size).toBe(9);
  expect(data[8]!.name).toBe('8 &amp; &lt;b&gt;, training');
});

test.each([
  [[], 'at least one run, got none'],
  [[{ ...run, train: [1, 2] }], "Run 'PixelCNN' must give one train loss for each of its 4 steps, got 2"],
  [[{ ...run, valid: [1] }], "Run 'PixelCNN' must give one valid loss for each of its 4 steps, got 1"],
  [
    [{ ...run, steps: [0, 10, 10, 30] }],
    "steps of run 'PixelCNN' must be finite and rise, got 10 at index 2",
  ],
  [[{ label: 'empty', steps: [], train: [] }], "Run 'empty' must hold at least one step, got none"],
  [[{ label: 'lost', steps: [1], train: [Number.NaN] }], "Run 'lost' must hold at least one finite loss"],
])('bad runs are refused (%#)', (runs, message) => {
  expect(() => trainingCurve(runs, { unit: 'nats' })).toThrow(message);
});

test('a number of the paper that is none is refused', () => {
  const paper = [{ label: 'NADE', value: Number.NaN }];
  expect(() => trainingCurve([run], { unit: 'nats', paper })).toThrow(
    "The paper's number 'NADE' must be finite, got NaN.",
  );
});
