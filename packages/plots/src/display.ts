import { figureBundle } from './figureBundle.js';
import { type Figure, PlotError } from './figures/figure.js';
import { bundleSender, type SendBundle } from './notebook.js';

/**
 * Shows a figure in the output of the running notebook cell: interactive where the notebook can draw Plotly's JSON, else
 * as SVG, else in words; in colours for light and dark themes.
 * @throws PlotError outside a notebook of this workspace's kernel, tslab's or Deno's, or when the figure cannot be drawn.
 */
export async function displayFigure(figure: Figure): Promise<void> {
  const send = sender();
  send(await figureBundle(figure));
}

/**
 * Shows a PNG, such as `imageGrid` gives, in the output of the running notebook cell.
 * @param caption what is to be seen, in words: a line above the image and, with its size in pixels, for who cannot see it.
 * @throws PlotError outside a notebook of this workspace's kernel, tslab's or Deno's, or when the bytes are no PNG.
 */
export function displayImage(png: Uint8Array, caption?: string): void {
  const bytes = Buffer.from(png.buffer, png.byteOffset, png.byteLength);
  if (bytes.length < 24 || bytes.toString('latin1', 1, 4) !== 'PNG') {
    throw new PlotError(
      `displayImage needs the bytes of a PNG file, got ${bytes.length} bytes of something else.`,
    );
  }
  const words = `${caption ?? 'Image'}: ${bytes.readUInt32BE(16)} x ${bytes.readUInt32BE(20)} pixels`;
  const bundle = { 'image/png': bytes.toString('base64'), 'text/plain': words };
  const send = sender();
  if (caption !== undefined) send({ 'text/markdown': escapeMarkdown(caption), 'text/plain': caption });
  send(bundle, { metadata: { 'image/png': { alt: words } } });
}

/** A caption may have what Markdown would take for emphasis, links or HTML, such as a file name. */
const escapeMarkdown = (text: string) => text.replace(/[\\`*_{}[\]<>#|~$]/g, '\\$&');

/** @throws PlotError outside a notebook */
function sender(): SendBundle {
  const send = bundleSender();
  if (!send) {
    throw new PlotError(
      "Figures and images are displayed in a cell of a notebook run by this workspace's kernel or by tslab, which this process is not; use writeFigure or write the PNG to a file instead.",
    );
  }
  return send;
}
