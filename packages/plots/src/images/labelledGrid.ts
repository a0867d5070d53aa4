import { PlotError } from '../figures/figure.js';
import { resvgFont } from '../figures/fonts.js';
import { escapeText, estimatedWidth, ink } from '../figures/theme.js';
import { type ImageGridOptions, layOut, type RawPicture } from './layOut.js';

export interface LabelledGridOptions extends ImageGridOptions {
  /** One for each row of the grid, to its left. */
  rowLabels?: readonly string[];
  /** One for each column, above it. */
  columnLabels?: readonly string[];
}

const size = 13;
const leastSize = 8;
const padding = 6;
const lineHeight = 18;

interface Text {
  text: string;
  x: number;
  y: number;
  size: number;
  anchor: 'end' | 'middle';
}

/**
 * A grid of images as `imageGrid` lays it out, with a label beside each row and above each column, as PNG. Labels of columns
 * that are wider than their column are written smaller.
 *
 * @throws PlotError when there are not as many labels as rows or columns, and as `imageGrid` does
 */
export async function labelledGrid(options: LabelledGridOptions): Promise<Buffer> {
  const { rowLabels, columnLabels, ...grid } = options;
  const { count, height, width, scale = 2, gap = 2, columns = Math.ceil(Math.sqrt(count)) } = grid;
  const picture = layOut({ ...grid, columns });
  requireLabels('rows', rowLabels, Math.ceil(count / columns));
  requireLabels('columns', columnLabels, columns);
  const left = rowLabels ? Math.max(...rowLabels.map((text) => estimatedWidth(text, size))) + 2 * padding : 0;
  const top = columnLabels ? lineHeight : 0;
  const middle = (index: number, side: number) => index * (side * scale + gap) + gap + (side * scale) / 2;
  const texts: Text[] = [
    ...(rowLabels ?? []).map((text, row): Text => {
      return { text, x: left - padding, y: top + middle(row, height) + size / 3, size, anchor: 'end' };
    }),
    ...(columnLabels ?? []).map((text, column): Text => {
      const fitting = Math.floor((size * width * scale) / estimatedWidth(text, size));
      const own = Math.max(leastSize, Math.min(size, fitting));
      return { text, x: left + middle(column, width), y: lineHeight - padding, size: own, anchor: 'middle' };
    }),
  ];
  return labelledPng(picture, { left, top, texts });
}

function requireLabels(what: string, labels: readonly string[] | undefined, expected: number): void {
  if (labels === undefined || labels.length === expected) return;
  throw new PlotError(
    `Labelled grid: a label for each of its ${expected} ${what} was expected, got ${labels.length}.`,
  );
}

interface Surroundings {
  left: number;
  top: number;
  texts: readonly Text[];
}

async function labelledPng(
  { data, ...raw }: RawPicture,
  { left, top, texts }: Surroundings,
): Promise<Buffer> {
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const [width, height] = [left + raw.width, top + raw.height];
  const lines = texts.map(
    ({ text, x, y, size, anchor }) =>
      `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${ink}">${escapeText(text)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">${lines.join('')}</svg>`;
  const labels = new Resvg(svg, { font: resvgFont(), background: '#ffffff' }).render().asPng();
  const images = await sharp(data, { raw }).png().toBuffer();
  const whole = sharp(labels)
    .composite([{ input: images, left, top }])
    .removeAlpha();
  return (raw.channels === 1 ? whole.toColourspace('b-w') : whole).png({ compressionLevel: 9 }).toBuffer();
}
