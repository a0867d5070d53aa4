import { createRequire } from 'node:module';
import { figureBundle } from './figureBundle.js';
import { type Figure, PlotError } from './figures/figure.js';

/** The part of tslab's `dist/jupyter.js` that sends a display; `lastWriteDisplayData` is null until a cell runs. */
interface TslabJupyter {
  lastWriteDisplayData:
    | ((
        message: { data: Record<string, unknown>; metadata: object; transient: object },
        update: boolean,
      ) => void)
    | null;
}

/**
 * Shows a figure in the output of the running notebook cell: interactive where the notebook can draw Plotly's JSON, else
 * as PNG, else as one line of text.
 * @throws PlotError outside a notebook of this workspace's kernel, or tslab's, or when the figure cannot be drawn.
 */
export async function displayFigure(figure: Figure): Promise<void> {
  const send = sender();
  send(await figureBundle(figure));
}

/**
 * Shows a PNG, such as `imageGrid` gives, in the output of the running notebook cell.
 * @throws PlotError outside a notebook of this workspace's kernel, or tslab's, or when the bytes are no PNG.
 */
export function displayImage(png: Uint8Array): void {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG') {
    throw new PlotError(
      `displayImage needs the bytes of a PNG file, got ${bytes.length} bytes of something else.`,
    );
  }
  sender()({
    'image/png': bytes.toString('base64'),
    'text/plain': `Image: ${bytes.readUInt32BE(16)} x ${bytes.readUInt32BE(20)} pixels`,
  });
}

/** What a kernel shares with libraries, such as that of `@pixelrnn/kernel`: shows one display in several types. */
const displaySymbol = Symbol.for('jupyter.display');

/** Sends a bundle. In a kernel that shares nothing, plain tslab, its module is in Node's own cache: it runs in this process. */
function sender(): (data: Record<string, unknown>) => void {
  const shared = (globalThis as { [displaySymbol]?: (bundle: Record<string, unknown>) => void })[
    displaySymbol
  ];
  if (shared) return shared;
  const { cache } = createRequire(import.meta.url);
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel = path === undefined ? undefined : (cache[path]?.exports as TslabJupyter);
  const write = kernel?.lastWriteDisplayData;
  if (!write) {
    throw new PlotError(
      "Figures and images are displayed in a cell of a notebook run by this workspace's kernel or by tslab, which this process is not; use writeFigure or write the PNG to a file instead.",
    );
  }
  return (data) => write({ data, metadata: {}, transient: {} }, false);
}
