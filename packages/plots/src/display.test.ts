import { createRequire } from 'node:module';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { displayFigure, displayImage } from './display.js';
import { notebookColors } from './figures/notebookColors.js';
import { tablePlot } from './figures/tablePlot.js';
import { imageGrid } from './images/imageGrid.js';

const figure = tablePlot([{ label: 'NADE', paper: 88.33, ours: null }], {
  metric: 'nats',
  split: 'test',
  title: 'Table 4',
});
const description =
  'Figure: Table 4. test negative log-likelihood (nats per image): NADE: paper 88.33, ours –';
const grid = { count: 1, height: 1, width: 1, channels: 1, levels: 2, scale: 3, gap: 1 };
const image = imageGrid({ images: new Uint8Array([1]), ...grid });

interface Message {
  data: Record<string, unknown>;
}

// The kernel that the workspace installs; requiring it here is what running inside it looks like.
const root = createRequire(import.meta.url);
const kernel = root.resolve('tslab/dist/jupyter.js');

test('outside a notebook the error says what to do instead', async () => {
  await expect(displayFigure(figure)).rejects.toThrow('use writeFigure');
  const png = await image;
  expect(() => displayImage(png)).toThrow('in a cell of a notebook');
});

test('bytes that are no PNG are refused', () => {
  expect(() => displayImage(new Uint8Array(30))).toThrow('needs the bytes of a PNG file, got 30 bytes');
});

test("Deno's kernel is handed what shows itself", async () => {
  const shown: Record<symbol, () => Record<string, unknown>>[] = [];
  const display = async (value: (typeof shown)[number]) => void shown.push(value);
  vi.stubGlobal('Deno', { jupyter: { display } });
  try {
    await displayFigure(figure);
    displayImage(await image, 'One white pixel');
  } finally {
    vi.unstubAllGlobals();
  }
  const bundles = shown.map((value) => value[Symbol.for('Jupyter.display')]?.());
  expect(bundles.map((bundle) => bundle?.['text/plain'])).toEqual([
    description,
    'One white pixel',
    'One white pixel: 5 x 5 pixels',
  ]);
  expect(bundles.map((bundle) => Object.keys(bundle ?? {})[0])).toEqual([
    'application/vnd.plotly.v1+json',
    'text/markdown',
    'image/png',
  ]);
});

let sent: { message: Message; update: boolean }[];
function enterCell() {
  const jupyter = root(kernel) as { lastWriteDisplayData: unknown };
  jupyter.lastWriteDisplayData = (message: Message, update: boolean) => sent.push({ message, update });
}
beforeEach(() => {
  sent = [];
});
afterEach(() => {
  delete root.cache[kernel];
});

test('a figure is sent once, as Plotly, SVG and words, in colours for every theme', async () => {
  enterCell();
  await displayFigure(figure);
  expect(sent).toHaveLength(1);
  const { message, update } = sent[0]!;
  expect(update).toBe(false);
  expect(message).toMatchObject({
    metadata: {},
    transient: {},
    data: { 'application/vnd.plotly.v1+json': notebookColors(figure), 'text/plain': description },
  });
  expect(Object.keys(message.data)).toEqual([
    'application/vnd.plotly.v1+json',
    'image/svg+xml',
    'text/plain',
  ]);
  const svg = message.data['image/svg+xml'] as string;
  expect(svg).toMatch(
    new RegExp(`^<svg [^>]*width="${figure.layout.width}" height="${figure.layout.height}"`),
  );
  expect(svg).toContain(`role="img" aria-label="${description}"`);
  expect(svg).not.toMatch(/rgb\(255, 255, 255\)|#fff/);
});

test('an image is sent as PNG, its caption above it, with words for who cannot see it', async () => {
  enterCell();
  const png = await image;
  displayImage(new Uint8Array(png));
  displayImage(png, 'One [white] pixel');
  const message = (words: string) => ({
    data: { 'image/png': png.toString('base64'), 'text/plain': words },
    metadata: { 'image/png': { alt: words } },
    transient: {},
  });
  expect(sent.map((one) => one.message)).toEqual([
    message('Image: 5 x 5 pixels'),
    {
      data: { 'text/markdown': 'One \\[white\\] pixel', 'text/plain': 'One [white] pixel' },
      metadata: {},
      transient: {},
    },
    message('One [white] pixel: 5 x 5 pixels'),
  ]);
});

test('a kernel that runs no cell yet is no notebook', async () => {
  root(kernel);
  await expect(displayFigure(figure)).rejects.toThrow('in a cell of a notebook');
});

test('a kernel that shares its display is preferred to tslab', async () => {
  enterCell();
  const symbol = Symbol.for('jupyter.display');
  const shown: unknown[] = [];
  Object.defineProperty(globalThis, symbol, {
    configurable: true,
    value: (data: unknown) => shown.push(data),
  });
  try {
    await displayFigure(figure);
    displayImage(await image);
  } finally {
    Reflect.deleteProperty(globalThis, symbol);
  }
  expect(sent).toEqual([]);
  expect(shown).toMatchObject([
    { 'application/vnd.plotly.v1+json': notebookColors(figure), 'text/plain': description },
    { 'text/plain': 'Image: 5 x 5 pixels' },
  ]);
});

test('a figure answers for itself as the last value of a cell, and is plain JSON all the same', async () => {
  const show = (figure as unknown as Record<symbol, () => Promise<unknown>>)[Symbol.for('Jupyter.display')]!;
  expect(await show()).toMatchObject({
    'application/vnd.plotly.v1+json': notebookColors(JSON.parse(JSON.stringify(figure))),
    'image/svg+xml': expect.stringMatching(/^<svg .*<\/svg>$/s),
  });
  expect(Reflect.ownKeys({ ...figure })).toEqual(['data', 'layout']);
});
