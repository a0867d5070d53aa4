import { type Figure, tablePlot, trainingCurve } from '@pixelrnn/plots';
import { expect, test } from 'vitest';
import { inTheme, untouched } from './figureTheme.js';
import { fitted, narrowed } from './narrowFigure.js';

const table = tablePlot(
  [
    { label: 'PixelCNN', paper: 81.3, ours: 81.5 },
    { label: 'Row LSTM', paper: 80.54, ours: null },
  ],
  { metric: 'nats', split: 'test', title: 'Table 4' },
);
const curve = trainingCurve([{ label: 'PixelCNN', steps: [1, 2, 3, 4], train: [90, 86, 85.5, 85] }], {
  unit: 'nats',
  paper: [{ label: 'PixelCNN, test', value: 84.6, text: '81.30 (?)' }],
});
const textsOf = (layout: Figure['layout']) =>
  (layout.annotations as { text: string }[]).map(({ text }) => text);

test('on a dark page nothing stays white or dark, and the numbers stay', () => {
  const { data, layout } = inTheme(table, true);
  const text = JSON.stringify({ data, layout }).toLowerCase();
  for (const color of ['#ffffff', '#222222', '#0072b2']) expect(text).not.toContain(color);
  expect(data.map(({ x }) => x)).toEqual(table.data.map(({ x }) => x));
  expect(layout).toMatchObject({ title: { text: '' }, height: (table.layout.height as number) - 36 });
});

test('a pale line is as pale on a dark page, in the colour of its run', () => {
  const run = { label: 'PixelCNN', steps: [1, 2], train: [90, 85], valid: [91, 86] };
  const { data } = inTheme(trainingCurve([run], { unit: 'nats' }), true);
  expect(data).toMatchObject([{ line: { color: '#6db7ee73' } }, { line: { color: '#6db7ee' } }]);
});

test('on a phone, rows are named above themselves, and lines below', () => {
  const rows = narrowed(inTheme(table, false), 350).layout;
  expect(rows).toMatchObject({
    width: 350,
    margin: { l: 12 },
    xaxis: { title: { text: 'test negative log-likelihood<br>(nats per image), lower is better' } },
    yaxis: { showticklabels: false },
  });
  expect(textsOf(rows)).toEqual([
    ...['PixelCNN', 'Row LSTM'],
    ...['<b>◇ paper</b>', '<b>● ours</b>'],
    ...['◇ 81.30', '◇ 80.54', '● 81.50'],
  ]);
  const lines = narrowed(inTheme(curve, false), 350).layout;
  expect(lines).toMatchObject({ width: 350, showlegend: false, margin: { r: 12 } });
  expect(textsOf(lines)).toEqual([
    '━ PixelCNN, training: 85.00',
    '┅ PixelCNN, test (paper): 81.30 (?)',
    'dashed grey: the paper; higher losses lie above<br>the picture',
  ]);
});

test('on a phone, a note stands below the axis, in lines that fit, and no column comes of it', () => {
  const row = { label: 'Row LSTM', paper: 80.54, ours: 80.5, sd: 0.01, seeds: 3 };
  const [single, several] = [1, 3].map((seeds) => {
    const figure = tablePlot([{ ...row, seeds }], { metric: 'nats', split: 'test', title: '' });
    return narrowed(inTheme(figure, false), 350).layout;
  }) as [Figure['layout'], Figure['layout']];
  expect(textsOf(several)).toEqual([
    ...['Row LSTM, 3 seeds', '<b>◇ paper</b>', '<b>● ours</b>', '◇ 80.54', '● 80.50 ± 0.01'],
    '± standard error over test images; of rows with<br>several seeds, standard deviation over seeds',
  ]);
  expect(textsOf(single).join()).not.toContain('standard');
  const bottom = ({ margin }: Figure['layout']) => (margin as { b: number }).b;
  expect(bottom(several) - bottom(single)).toBe(18 + 16);
});

test('on a phone, a column without a number is left out', () => {
  const ours = { label: 'Row LSTM', paper: null, ours: 80.5 };
  const figure = tablePlot([ours], { metric: 'nats', split: 'test', title: '' });
  expect(textsOf(narrowed(inTheme(figure, false), 350).layout)).toEqual([
    ...['Row LSTM', '<b>● ours</b>', '● 80.50'],
  ]);
});

test('a row whose name has several lines keeps clear of the row above', () => {
  const label = 'Gated PixelCNN, class-conditional, layers 5, filters 32, headWidth 96, on a sample';
  const two = [
    { label: 'a', paper: 1, ours: 2 },
    { label, paper: 1, ours: 2 },
  ];
  const { layout } = narrowed(
    inTheme(tablePlot(two, { metric: 'nats', split: 'test', title: '' }), false),
    350,
  );
  const { height, margin } = layout as { height: number; margin: { t: number; b: number } };
  expect((height - margin.t - margin.b) / 2).toBeGreaterThan(3 * 15 + 24); // two lines of a name, and its numbers
  expect(textsOf(layout)[1]?.split('<br>')).toHaveLength(2);
});

test('a figure that is wider than its place gives up width of its plot, and is narrow where that does not do', () => {
  const wide = inTheme(curve, false);
  expect(fitted(wide, 2000).layout.width).toBe(wide.layout.width);
  expect(fitted(wide, 800)).toMatchObject({ layout: { width: 800, margin: wide.layout.margin } });
  expect(fitted(wide, 500).layout).toMatchObject({ width: 500, margin: { r: 12 } });
});

test('under a finger a figure neither zooms nor keeps the page from scrolling', () => {
  expect(untouched(inTheme(curve, false)).layout).toMatchObject({
    dragmode: false,
    xaxis: { fixedrange: true },
    yaxis: { fixedrange: true },
  });
});
