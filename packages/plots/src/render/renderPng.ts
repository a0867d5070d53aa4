import { type Figure, PlotError } from '../figures/figure.js';
import { resvgFont } from '../figures/fonts.js';
import { type RenderSize, renderSvg } from './renderSvg.js';

export interface RenderPngOptions extends RenderSize {
  /** Image pixels for each px of the figure; default 2, sharp on dense screens and in print. */
  scale?: number;
}

/**
 * Draws a figure as PNG, the same on every machine: plotly.js lays it out, resvg draws it with the package's own fonts.
 * @throws PlotError when the size or scale is not positive or Plotly refuses the figure.
 */
export async function renderPng(figure: Figure, options: RenderPngOptions = {}): Promise<Buffer> {
  const scale = options.scale ?? 2;
  if (!(scale > 0)) throw new PlotError(`The scale of a picture must be positive, got ${scale}.`);
  return svgToPng(await renderSvg(figure, options), scale);
}

/** Rasterises an SVG at `scale` image pixels for each px, in 256 colours: half the bytes, for files kept in a repository. */
export async function svgToPng(svg: string, scale: number): Promise<Buffer> {
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const image = new Resvg(svg, {
    font: resvgFont(),
    fitTo: { mode: 'zoom', value: scale },
    background: '#ffffff',
  });
  const picture = sharp(image.render().asPng());
  return picture.png({ palette: true, colours: 256, dither: 0, compressionLevel: 9 }).toBuffer();
}
