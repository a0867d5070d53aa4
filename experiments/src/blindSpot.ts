import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadEngine } from '@pixelrnn/engine';
import { writeFileAtomic } from '@pixelrnn/files';
import { idealContext } from '@pixelrnn/metrics';
import { gatedPixelCNN, pixelCNN } from '@pixelrnn/models';
import { labelledGrid } from '@pixelrnn/plots';
import type { Experiment } from './experiment.js';
import { exactContext } from './receptiveMaps.js';
import { UsageError } from './runner/usageError.js';

const shape = { height: 28, width: 28, colors: 1, levels: 2 };
/** In the middle, so that nothing is cut off at the sides. */
const output = { row: 14, column: 14, color: 0 };
/** Layers of 3x3 after the 7x7 of the first; with the last number the gated stacks reach every earlier pixel. */
const depths = [1, 2, 4, 8, 12] as const;

// Width plays no part in what is reached.
const narrow = { ...shape, firstKernel: 7, kernelSize: 3, headWidth: 2 };
const stacks = {
  plain: { label: 'PixelCNN', build: (blocks: number) => pixelCNN({ ...narrow, blocks, h: 2 }) },
  gated: {
    label: 'Gated PixelCNN',
    build: (layers: number) => gatedPixelCNN({ ...narrow, layers, filters: 2 }),
  },
} as const;
type Stack = keyof typeof stacks;

export interface StackContext {
  stack: Stack;
  /** What the stack is called in the picture. */
  label: string;
  depth: number;
  /** Earlier pixels that the output depends on. */
  reads: number;
  /** Earlier pixels that it does not depend on. */
  misses: number;
  /** Those of them inside the rows and columns that the stack reaches: its blind spot. */
  blind: number;
  /** A character a pixel, row by row: `o` the output, `x` read, `!` blind, `.` beyond reach, ` ` later. */
  map: string[];
}

/** What the output of a stack depends on, found by gradients with positive weights. */
export function stackContext(stack: Stack, depth: number): StackContext {
  const model = stacks[stack].build(depth);
  const context = exactContext(model, shape, output);
  model.dispose();
  const past = idealContext(shape, output);
  const { height, width } = shape;
  const seen = [...context.keys()].filter((i) => context[i] === 1);
  const top = Math.min(...seen.map((i) => Math.floor(i / width)));
  const columns = seen.map((i) => i % width);
  const [left, right] = [Math.min(...columns), Math.max(...columns)];
  const character = (row: number, column: number): string => {
    const i = row * width + column;
    if (row === output.row && column === output.column) return 'o';
    if (!past[i]) return ' ';
    if (context[i]) return 'x';
    return row >= top && column >= left && column <= right ? '!' : '.';
  };
  const map = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => character(row, column)).join(''),
  );
  const count = (wanted: string) => map.join('').split(wanted).length - 1;
  const blind = count('!');
  return {
    stack,
    label: stacks[stack].label,
    depth,
    reads: count('x'),
    misses: blind + count('.'),
    blind,
    map,
  };
}

/**
 * Figure 1 of *Conditional Image Generation with PixelCNN Decoders*: a stack of masked convolutions never reads a cone of
 * earlier pixels to the right, however deep it is; two stacks, of the rows above and of the row itself, read them all.
 * Nothing is trained.
 */
export const blindSpot: Experiment = {
  id: 'blind-spot',
  title: 'Gated PixelCNN, Figure 1: the blind spot of masked convolutions',
  metric: 'nats',
  canonicalDataset: 'none',
  rows: [],
  page: 'blind-spot.md',
  datasets: [],
  loadData: () => Promise.reject(new UsageError('blind-spot reads no data: it has no rows to run.')),
  figures: (_finished, folder) => writeBlindSpot(folder),
};

async function writeBlindSpot(folder: string): Promise<void> {
  await loadEngine({ quiet: true });
  const contexts = (Object.keys(stacks) as Stack[]).flatMap((stack) =>
    depths.map((depth) => stackContext(stack, depth)),
  );
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, 'blind-spot.png'), await picture(contexts));
  await writeFileAtomic(join(folder, 'blind-spot.json'), blindSpotJson(contexts));
  await writeFileAtomic(join(folder, 'blind-spot.md'), blindSpotPage(contexts));
}

/** Every context, and of which pixel it is. */
const blindSpotJson = (contexts: readonly StackContext[]) =>
  `${JSON.stringify({ image: shape, output, key, contexts }, null, 2)}\n`;

/** The counts as a table, above the picture. */
function blindSpotPage(contexts: readonly StackContext[]): string {
  const earlier = output.row * shape.width + output.column;
  const of = (stack: Stack, depth: number) =>
    contexts.find((context) => context.stack === stack && context.depth === depth) as StackContext;
  const lines = depths.map((depth) => {
    const cells = (Object.keys(stacks) as Stack[]).flatMap((stack) => {
      const { reads, misses, blind } = of(stack, depth);
      return [reads, misses, blind];
    });
    return `| ${[depth, ...cells].join(' | ')} |`;
  });
  return `${[
    '# The blind spot',
    '',
    `What the prediction of one pixel (row ${output.row}, column ${output.column} of ${shape.height} x ${shape.width}) depends on, of the ${earlier} earlier ones, by its gradient: a first layer of 7x7, then blocks or layers of 3x3. _Blind_ are pixels that are missed although they lie in the rows and columns that the stack reaches. Written by \`pnpm exp blind-spot\`; do not edit.`,
    '',
    '| blocks or layers | PixelCNN: read | missed | blind | Gated PixelCNN: read | missed | blind |',
    '| ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
    ...lines,
    '',
    `${key.charAt(0).toUpperCase()}${key.slice(1)}.`,
    '',
    '![Contexts of plain and gated stacks by depth](blind-spot.png)',
  ].join('\n')}\n`;
}

/** What the colours are. */
const key =
  'blue: read; orange: blind, missed although inside the rows and columns that the stack reaches; grey: beyond reach; black: the pixel that is predicted';

const colors: Record<string, readonly [number, number, number]> = {
  o: [0, 0, 0],
  x: [86, 180, 233],
  '!': [213, 94, 0],
  '.': [200, 200, 200],
  ' ': [245, 245, 245],
};

function picture(contexts: readonly StackContext[]): Promise<Buffer> {
  const pixels = contexts.flatMap(({ map }) => [...map.join('')].map((pixel) => colors[pixel] ?? []));
  return labelledGrid({
    images: Uint8Array.from(pixels.flat()),
    count: contexts.length,
    height: shape.height,
    width: shape.width,
    channels: 3,
    levels: 256,
    columns: depths.length,
    scale: 5,
    gap: 8,
    rowLabels: Object.values(stacks).map(({ label }) => label),
    columnLabels: depths.map((depth) => `${depth} ${depth === 1 ? 'layer' : 'layers'}`),
  });
}
