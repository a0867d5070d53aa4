import { PlotError } from '../figures/figure.js';
import { resvgFont } from '../figures/fonts.js';
import { escapeText, estimatedWidth, ink } from '../figures/theme.js';
import { type ImageGridOptions, layOut, type RawPicture } from './layOut.js';

export interface LabelledGridOptions extends ImageGridOptions {
  /** One for each row of the grid, to its left. */
  rowLabels?: readonly string[];
  /** One for each column, above it. */
  columnLabels?: readonly string[];
  /** One for each image, in the gap above it. */
  imageLabels?: readonly string[];
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
 * that are wider than their column are written smaller, as are those of images.
 *
 * @throws PlotError when there are not as many labels as rows, columns or images, when the gap has no room for those of images, and as `imageGrid` does
 */
export async function labelledGrid(options: LabelledGridOptions): Promise<Buffer> {
  const { rowLabels, columnLabels, imageLabels, ...grid } = options;
  const { count, height, width, scale = 2, gap = 2, columns = Math.ceil(Math.sqrt(count)) } = grid;
  const picture = layOut({ ...grid, columns });
  requireLabels('rows', rowLabels, Math.ceil(count / columns));
  requireLabels('columns', columnLabels, columns);
  requireLabels('images', imageLabels, count);
  if (imageLabels && gap < lineHeight) {
    throw new PlotError(
      `Labelled grid: for labels of images a gap of ${lineHeight} or more was expected, got ${gap}.`,
    );
  }
  const left = rowLabels ? Math.max(...rowLabels.map((text) => estimatedWidth(text, size))) + 2 * padding : 0;
  const top = columnLabels ? lineHeight : 0;
  const middle = (index: number, side: number) => index * (side * scale + gap) + gap + (side * scale) / 2;
  const texts: Text[] = [
    ...(rowLabels ?? []).map((text, row): Text => {
      return { text, x: left - padding, y: top + middle(row, height) + size / 3, size, anchor: 'end' };
    }),
    ...(columnLabels ?? []).map((text, column): Text => {
      const own = fitting(text, width * scale);
      return { text, x: left + middle(column, width), y: lineHeight - padding, size: own, anchor: 'middle' };
    }),
  ];
  const inGaps = (imageLabels ?? []).map((text, i): Text => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const y = top + row * (height * scale + gap) + gap - padding;
    return {
      ...{ text, x: left + middle(column, width), y, anchor: 'middle' },
      size: fitting(text, width * scale + gap - padding),
    };
  });
  return labelledPng(picture, { left, top, texts, inGaps });
}

/** The size of a text that is to be no wider than `room`, px. */
function fitting(text: string, room: number): number {
  const own = Math.floor((size * room) / estimatedWidth(text, size));
  return Math.max(leastSize, Math.min(size, own));
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
  /** Those over the picture. */
  inGaps: readonly Text[];
}

async function labelledPng(
  { data, ...raw }: RawPicture,
  { left, top, texts, inGaps }: Surroundings,
): Promise<Buffer> {
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const [width, height] = [left + raw.width, top + raw.height];
  const drawn = (lines: readonly Text[], background: string) => {
    const marks = lines.map(
      ({ text, x, y, size, anchor }) =>
        `<text x="${x}" y="${y}" font-size="${size}" text-anchor="${anchor}" fill="${ink}">${escapeText(text)}</text>`,
    );
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">${marks.join('')}</svg>`;
    return new Resvg(svg, { font: resvgFont(), background }).render().asPng();
  };
  const labels = drawn(texts, '#ffffff');
  const over = inGaps.length > 0 ? [{ input: drawn(inGaps, 'rgba(0, 0, 0, 0)'), left: 0, top: 0 }] : [];
  const images = await sharp(data, { raw }).png().toBuffer();
  const whole = sharp(labels)
    .composite([{ input: images, left, top }, ...over])
    .removeAlpha();
  return (raw.channels === 1 ? whole.toColourspace('b-w') : whole).png({ compressionLevel: 9 }).toBuffer();
}
