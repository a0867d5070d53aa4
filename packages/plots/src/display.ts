import { createRequire } from 'node:module';
import { type Figure, figureTitle, PlotError } from './figures/figure.js';
import { renderPng } from './render/renderPng.js';

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
 * @throws PlotError outside a notebook run by the tslab kernel, or when the figure cannot be drawn.
 */
export async function displayFigure(figure: Figure): Promise<void> {
  const send = sender();
  const png = await renderPng(figure);
  send({
    'application/vnd.plotly.v1+json': { data: figure.data, layout: figure.layout },
    'image/png': png.toString('base64'),
    'text/plain': `Figure: ${figureTitle(figure)}`,
  });
}

/**
 * Shows a PNG, such as `imageGrid` gives, in the output of the running notebook cell.
 * @throws PlotError outside a notebook run by the tslab kernel, or when the bytes are no PNG.
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

/** Sends a bundle of one display in several types. The kernel runs in this process: its module is in Node's own cache. */
function sender(): (data: Record<string, unknown>) => void {
  const { cache } = createRequire(import.meta.url);
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel = path === undefined ? undefined : (cache[path]?.exports as TslabJupyter);
  const write = kernel?.lastWriteDisplayData;
  if (!write) {
    throw new PlotError(
      'Figures and images are displayed in a cell of a notebook run by the tslab kernel, which this process is not; use writeFigure or write the PNG to a file instead.',
    );
  }
  return (data) => write({ data, metadata: {}, transient: {} }, false);
}
