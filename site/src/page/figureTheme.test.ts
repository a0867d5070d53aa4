import { tablePlot, trainingCurve } from '@pixelrnn/plots';
import { expect, test } from 'vitest';
import { inTheme, narrowed } from './figureTheme.js';

const table = tablePlot(
  [
    { label: 'PixelCNN', paper: 81.3, ours: 81.5 },
    { label: 'Row LSTM', paper: 80.54, ours: null },
  ],
  { metric: 'nats', split: 'test', title: 'Table 4' },
);
const curve = trainingCurve([{ label: 'PixelCNN', steps: [1, 2], train: [90, 85] }], { unit: 'nats' });

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
  expect((rows.annotations as { text: string }[]).map(({ text }) => text)).toEqual(['PixelCNN', 'Row LSTM']);
  const lines = narrowed(inTheme(curve, false), 350).layout;
  expect(lines).toMatchObject({ width: 350, showlegend: true, annotations: [], margin: { r: 12 } });
});
