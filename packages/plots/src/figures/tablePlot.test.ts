import { describe, expect, test } from 'vitest';
import type { Figure, JsonObject } from './figure.js';
import { tablePlot } from './tablePlot.js';

const rows = [
  { label: 'DRAW', paper: 80.97, ours: null, paperText: '≤ 80.97' },
  { label: 'PixelCNN', paper: 81.3, ours: 82.104, sd: 0.2 },
  { label: 'Gated PixelCNN', paper: null, ours: 80.5 },
];
const options = { metric: 'nats', split: 'test', title: 'Table 4' } as const;

test('the paper and ours are two traces that never share a number', () => {
  const { data } = tablePlot(rows, options);
  expect(data).toMatchObject([
    { name: 'paper', x: [80.97, 81.3], y: [0, 1], text: ['DRAW', 'PixelCNN'], marker: { symbol: 'diamond' } },
    {
      name: 'ours',
      x: [82.104, 80.5],
      y: [1, 2],
      text: ['PixelCNN', 'Gated PixelCNN'],
      error_x: { array: [0.2, 'none'] },
      marker: { symbol: 'circle' },
    },
  ]);
});

test('both numbers are printed in columns of their own, a dash where one is missing', () => {
  const { layout } = tablePlot(rows, options);
  const cells = layout.annotations as JsonObject[];
  expect(cells.map((cell) => cell.text)).toEqual([
    '<b>◇ paper</b>',
    '<b>● ours</b>',
    ...['≤ 80.97', '81.30', '–'],
    ...['–', '82.10 ± 0.20', '80.50'],
  ]);
  expect(new Set(cells.map((cell) => cell.xshift)).size).toBe(2);
});

test('numbers have the decimals of their metric, the paper those that it prints', () => {
  const row = { label: 'PixelCNN', paper: 3.14, ours: 3.8312, sd: 0.0052 };
  const { layout } = tablePlot([row], { metric: 'bits/dim', split: 'test', title: 'Table 5' });
  expect((layout.annotations as JsonObject[]).slice(2).map(({ text }) => text)).toEqual([
    '3.14',
    '3.831 ± 0.005',
  ]);
  expect(layout.meta).toMatchObject({ description: expect.stringContaining('ours 3.831 ± 0.005') });
});

test('an axis says what its numbers are where they are not the likelihood of whole images', () => {
  const quantity = 'Negative log-likelihood of the lower half given the upper one';
  const { layout } = tablePlot(rows, { ...options, quantity });
  expect(layout).toMatchObject({
    xaxis: {
      title: {
        text: 'test negative log-likelihood of the lower half given the upper one<br>(nats per image), lower is better',
      },
    },
    meta: { description: expect.stringContaining('test negative log-likelihood of the lower half given') },
  });
  const usual = tablePlot(rows, options).layout;
  expect((layout.height as number) - (usual.height as number)).toBe(18);
});

test('the first row is on top, and only rows with both numbers are joined', () => {
  const { layout } = tablePlot(rows, options);
  expect(layout).toMatchObject({
    title: { text: 'Table 4' },
    xaxis: { title: { text: 'test negative log-likelihood (nats per image), lower is better' } },
    yaxis: { range: [2.5, -0.5], tickvals: [0, 1, 2], ticktext: ['DRAW', 'PixelCNN', 'Gated PixelCNN'] },
  });
  expect(layout.shapes).toMatchObject([{ x0: 81.3, x1: 82.104, y0: 1, y1: 1 }]);
});

test('a long label is broken after commas, and every row is as high as the highest', () => {
  const [short, long] = [
    'PixelCNN',
    'Gated PixelCNN, class-conditional, layers 5, filters 32, headWidth 96, on A & B',
  ];
  const heights = [[rows[1]!], [rows[1]!, { ...rows[2]!, label: long }]].map((some) => {
    const { layout } = tablePlot(some, options);
    return [(layout.yaxis as JsonObject).ticktext, layout.height] as const;
  });
  expect(heights[1]![0]).toEqual([
    short,
    'Gated PixelCNN, class-conditional, layers 5,<br>filters 32, headWidth 96, on A &amp; B',
  ]);
  expect(heights.map(([, height]) => height)).toEqual([92 + 66 + 30, 92 + 66 + 2 * 48]);
  const widths = [long, long.slice(0, 44)].map(
    (label) => tablePlot([{ ...rows[2]!, label }], options).layout.width,
  );
  expect(widths[0]).toBe(widths[1]);
});

test('hover labels have the number with its unit, and what it was measured with', () => {
  const ours = { ours: 82.104, sizes: 'h = 16 & 7 layers', parameters: 12_345, steps: 3000, seconds: 750 };
  const { data, layout } = tablePlot([{ ...rows[0]!, ...ours, sd: 0.2 }, rows[2]!], options);
  expect(data.map(({ customdata }) => customdata)).toEqual([
    ['paper: ≤ 80.97 nats per image'],
    [
      'ours: 82.104 ± 0.200 nats per image<br>h = 16 &amp; 7 layers<br>12,345 parameters<br>3,000 steps<br>trained for 13 min',
      'ours: 80.500 nats per image',
    ],
  ]);
  expect(data[1]!.hovertemplate).toBe('<b>%{text}</b><br>%{customdata}<extra></extra>');
  expect(layout).toMatchObject({ hoverlabel: { namelength: -1 } });
});

describe('of several seeds', () => {
  const note = '± standard error over test images; of rows with several seeds, standard deviation over seeds';
  const several = [...rows, { label: 'Row LSTM', paper: 80.54, ours: 80.451, sd: 0.014, seeds: 3 }];
  const notes = ({ layout }: Figure) =>
    (layout.annotations as JsonObject[]).filter(({ name }) => name === 'note');

  test('a row is named by their number, and a note tells its ± from the others', () => {
    const figure = tablePlot(several, options);
    expect(notes(figure)).toMatchObject([{ text: note, xanchor: 'right' }]);
    const { yaxis, meta } = figure.layout as { yaxis: JsonObject; meta: { description: string } };
    expect((yaxis.ticktext as string[]).at(-1)).toBe('Row LSTM, 3 seeds');
    expect(meta.description).toMatch(
      /; Row LSTM, 3 seeds: paper 80\.54, ours 80\.45 ± 0\.01\. ± standard error/,
    );
    const hovered = figure.data[1]!.customdata as string[];
    expect(hovered.at(-1)).toBe(
      'ours: 80.451 ± 0.014 nats per image<br>mean ± standard deviation over 3 seeds',
    );
    expect(hovered[0]).toBe('ours: 82.104 ± 0.200 nats per image');
    expect(notes(tablePlot(several, { ...options, split: 'validation' }))).toMatchObject([
      { text: note.replace('test', 'validation') },
    ]);
  });

  test('the note has a line of its own, and is left out where every row has one seed', () => {
    const single = several.map((row) => ({ ...row, seeds: 1 }));
    const [without, withNote] = [tablePlot(single, options), tablePlot(several, options)];
    expect(notes(without)).toEqual([]);
    expect((withNote.layout.height as number) - (without.layout.height as number)).toBe(18);
    expect(JSON.stringify(without)).not.toContain('seeds');
  });
});

test.each([
  [[], 'at least one row, got none'],
  [[rows[0]!, rows[0]!], "labels of their own, got 'DRAW' twice"],
  [[{ label: 'a', paper: null, ours: null }], 'at least one number, got 1 rows without any'],
  [[{ label: 'a', paper: 1, ours: Number.NaN }], "Row 'a': ours must be a finite number or null, got NaN"],
])('bad rows are refused (%#)', (bad, message) => {
  expect(() => tablePlot(bad, options)).toThrow(message);
});
