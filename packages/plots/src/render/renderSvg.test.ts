import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { Figure } from '../figures/figure.js';
import { tablePlot } from '../figures/tablePlot.js';
import { trainingCurve } from '../figures/trainingCurve.js';
import { renderPng } from './renderPng.js';
import { renderSvg } from './renderSvg.js';

const curve = trainingCurve(
  [{ label: 'PixelCNN', steps: [0, 10, 20], train: [540, 100, 90], valid: [null, 99, 91] }],
  { unit: 'nats', paper: [{ label: 'PixelCNN', value: 81.3 }], title: 'Loss of <PixelCNN> & others' },
);
const table = tablePlot(
  [
    { label: 'NADE', paper: 88.33, ours: null },
    { label: 'PixelCNN', paper: 81.3, ours: 82.1, sd: 0.2 },
    { label: 'Row LSTM', paper: 80.54, ours: 81.5 },
  ],
  { metric: 'nats', split: 'test', title: 'Table 4' },
);

/** The texts of a picture, as they stand in the SVG. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>(.*?)<\/text>/g)].map(([, inner]) => inner!.replace(/<[^>]*>/g, ''));
}

test('an SVG holds the traces, the texts and the size', async () => {
  const svg = await renderSvg(curve, { width: 800, height: 400 });
  expect(svg).toMatch(/^<svg [^>]*width="800" height="400"/);
  expect(svg).toContain('viewBox="0 0 800 400"');
  expect(svg.match(/class="js-line"/g)).toHaveLength(2);
  expect(svg.match(/class="point"/g)).toHaveLength(2);
  expect(texts(svg)).toEqual(
    expect.arrayContaining([
      'Loss of &#60;PixelCNN&#62; &amp; others',
      'training steps',
      'negative log-likelihood (nats per image)',
      'pale: training; with dots: validation; grey with an arrow: the paper, beyond the picture; higher losses lie above the picture',
      'PixelCNN, validation: 91.00',
      'PixelCNN (paper): 81.30 ↓',
    ]),
  );
});

test('losses and a number of the paper far beyond the picture do not break it off', async () => {
  const run = {
    label: 'PixelCNN',
    steps: [0, 1, 2, 3],
    train: [1e9, 511, 490, 468],
    valid: [null, 480, 475, 470],
  };
  for (const value of [81.3, 1e6]) {
    const figure = trainingCurve([run], { unit: 'nats', paper: [{ label: 'PixelCNN', value }] });
    expect(await sharp(await renderPng(figure)).metadata()).toMatchObject({ height: 1000 });
  }
});

test('a table plot shows a point for each number, and a bar where its spread is known', async () => {
  const svg = await renderSvg(table);
  expect(svg.match(/class="point /g)).toHaveLength(5);
  expect(svg.match(/class="xerror"/g)).toHaveLength(1);
  const shown = ['NADE', 'PixelCNN', '88.33', '81.30', '82.10 ± 0.20', '81.50', '–'];
  expect(texts(svg)).toEqual(expect.arrayContaining(shown));
});

test('the same figure gives the same text, also when several are drawn at once, and stays as it was', async () => {
  const before = JSON.stringify(curve);
  const first = await renderSvg(curve);
  const [second, other, third] = await Promise.all([renderSvg(curve), renderSvg(table), renderSvg(curve)]);
  expect(second).toBe(first);
  expect(third).toBe(first);
  expect(other).not.toBe(first);
  expect(JSON.stringify(curve)).toBe(before);
});

test('Plotly makes room for long labels, measured in the font they are drawn with', async () => {
  const bars = (label: string): Figure => ({
    data: [{ type: 'bar', orientation: 'h', x: [1, 2], y: [label, 'b'] }],
    layout: {
      width: 600,
      height: 300,
      yaxis: { automargin: true },
      font: { family: 'DejaVu Sans', size: 14 },
    },
  });
  const left = async (label: string) =>
    Number(/class="ytick"><text text-anchor="end" x="([\d.]+)"/.exec(await renderSvg(bars(label)))![1]);
  const [shorter, longer] = [await left('m'.repeat(20)), await left('m'.repeat(30))];
  // The advance of 'm' in DejaVu Sans is 1995 of 2048 units.
  expect(longer - shorter).toBeCloseTo((10 * 14 * 1995) / 2048, -0.5);
});

test('a PNG has the figure in its own size and is not blank', async () => {
  const image = sharp(await renderPng(table, { scale: 1 }));
  const { width, height } = await image.metadata();
  expect([width, height]).toEqual([table.layout.width, table.layout.height]);
  const { data, info } = await image.removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const count = (test: (r: number, g: number, b: number) => boolean) => {
    let found = 0;
    for (let i = 0; i < data.length; i += info.channels)
      if (test(data[i]!, data[i + 1]!, data[i + 2]!)) found++;
    return found;
  };
  const ours = count((r, g, b) => r < 60 && g > 90 && g < 140 && b > 150); // the dot and the text of ours
  const dark = count((r, g, b) => Math.max(r, g, b) < 90); // texts and diamonds
  expect(ours).toBeGreaterThan(100);
  expect(dark).toBeGreaterThan(1000);
  expect(await sharp(await renderPng(table)).metadata()).toMatchObject({
    width: 2 * width!,
    height: 2 * height!,
  });
});

test('sizes, scales and traces that cannot be drawn are refused, and the next figure is drawn', async () => {
  await expect(renderSvg(curve, { width: 0 })).rejects.toThrow(
    'positive width and height in px, got 0 x 500',
  );
  await expect(renderPng(curve, { scale: -1 })).rejects.toThrow(
    'scale of a picture must be positive, got -1',
  );
  const histogram: Figure = { data: [{ type: 'histogram2d', x: [1], y: [1] }], layout: {} };
  await expect(renderSvg(histogram)).rejects.toThrow(
    "a histogram2d on a browser's canvas, which is not there",
  );
  expect(texts(await renderSvg(table))).toContain('NADE');
});
