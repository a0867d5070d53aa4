import { expect, test } from 'vitest';
import { channels } from './colorScales.js';
import type { Json } from './figure.js';
import { heatmap } from './heatmap.js';
import { neutral, notebookColors } from './notebookColors.js';
import { tablePlot } from './tablePlot.js';
import { trainingCurve } from './trainingCurve.js';

const luminance = (color: string) => {
  const [r, g, b] = channels(color).map((v) =>
    v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};
const contrast = (a: string, b: string) => {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
};

/** The colours of a figure, those of scales left out. */
function colors(value: Json, key = ''): string[] {
  if (typeof value === 'string') return /color$/.test(key) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap((entry) => colors(entry, key));
  return value && typeof value === 'object'
    ? Object.entries(value).flatMap(([name, entry]) => colors(entry, name))
    : [];
}

test('texts and axes stand out from a white and from a dark page', () => {
  expect(contrast(neutral, '#ffffff')).toBeGreaterThan(4.2);
  expect(contrast(neutral, '#111111')).toBeGreaterThan(4.2);
});

test('no colour of a table plot vanishes on either page, and none is white', () => {
  const figure = tablePlot([{ label: 'a', paper: 1, ours: 2, sd: 0.1 }], {
    metric: 'nats',
    split: 'test',
    title: '#222222',
  });
  const { data, layout } = notebookColors(figure);
  expect(layout).toMatchObject({ paper_bgcolor: 'rgba(0, 0, 0, 0)', plot_bgcolor: 'rgba(0, 0, 0, 0)' });
  const opaque = [...colors(data), ...colors(layout)].filter((color) => color.startsWith('#'));
  expect(opaque.length).toBeGreaterThan(5);
  for (const color of opaque) {
    expect(Math.min(contrast(color, '#ffffff'), contrast(color, '#111111')), color).toBeGreaterThan(3);
  }
  expect((layout.title as { text: string }).text).toBe('#222222'); // a text is no colour
  expect(figure.layout.paper_bgcolor).toBe('#ffffff');
});

test('a pale line of black is a pale line of grey', () => {
  const run = { steps: [1, 2], train: [9, 8], valid: [9, 8] };
  const runs = Array.from({ length: 7 }, (_, i) => ({ label: `${i}`, ...run }));
  const { data } = notebookColors(trainingCurve(runs, { unit: 'nats' }));
  expect(data.slice(-2)).toMatchObject([{ line: { color: `${neutral}73` } }, { line: { color: neutral } }]);
});

test('the scale of a heatmap stays', () => {
  const figure = heatmap({ values: [[1, 2]], title: 'a', unit: 'b' });
  expect(notebookColors(figure).data).toEqual(figure.data);
});
