import { mkdir } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { writeFileAtomic } from '@pixelrnn/files';
import { type Figure, PlotError } from '../figures/figure.js';
import { figureHtml } from './figureHtml.js';
import { svgToPng } from './renderPng.js';
import { type RenderSize, renderSvg } from './renderSvg.js';

/** Where a figure is written; each file only where its path is given. */
export interface FigureFiles {
  png?: string;
  svg?: string;
  /** A page with the figure's data, a static picture and, where plotly.js can be loaded, the interactive figure. */
  html?: string;
}

export interface WriteFigureOptions extends RenderSize {
  /** Image pixels for each px in the PNG; default 2. */
  scale?: number;
  /** The copy of plotly.js that the page tries first, as `writePlotlyScript` returns it; the page links to it relatively. */
  plotlyScript?: string;
}

/**
 * Writes a figure to disk, each file whole or not at all; missing folders are made.
 * @throws PlotError when no path is given or the figure cannot be drawn; FileError naming a file that cannot be written.
 */
export async function writeFigure(
  figure: Figure,
  files: FigureFiles,
  options: WriteFigureOptions = {},
): Promise<void> {
  if (!files.png && !files.svg && !files.html) {
    throw new PlotError('A figure needs a path to be written to: give png, svg or html, got none.');
  }
  const svg = await renderSvg(figure, options);
  if (files.png) await writeInto(files.png, await svgToPng(svg, options.scale ?? 2));
  if (files.svg) await writeInto(files.svg, svg);
  if (files.html) {
    const script =
      options.plotlyScript && relative(dirname(files.html), options.plotlyScript).split(sep).join('/');
    await writeInto(files.html, figureHtml(figure, svg, script && encodeURI(script)));
  }
}

/** Makes the file's folder, too. */
async function writeInto(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFileAtomic(path, content);
}
