import type { JsdomElement, JsdomWindow } from 'jsdom';
import { type Figure, PlotError } from '../figures/figure.js';
import { createMeasure } from '../figures/measure.js';
import { pointAtLength, totalLength } from '../figures/polyline.js';
import { plotlySource } from './plotlyScript.js';
import { standIn } from './standIns.js';

/** The size of a picture, px; by default that of the figure's layout, else 900 x 500. */
export interface RenderSize {
  width?: number;
  height?: number;
}

interface Plotly {
  newPlot(div: JsdomElement, data: unknown, layout: unknown, config: unknown): Promise<unknown>;
  purge(div: JsdomElement): void;
  Snapshot: { toSVG(div: JsdomElement, format: 'svg'): string };
}

let previous: Promise<unknown> = Promise.resolve();
let page: Promise<{ window: JsdomWindow; plotly: Plotly }> | undefined;

/**
 * Draws a figure as a static SVG with plotly.js, without a browser; the same figure gives the same text. Lines, points,
 * bars and annotations are Plotly's; the cells of heatmaps, for which it needs a browser's canvas, are drawn here.
 * @throws PlotError when the size is not positive, a heatmap is not of `heatmap`'s form or Plotly refuses the figure.
 */
export function renderSvg(figure: Figure, size: RenderSize = {}): Promise<string> {
  const drawing = previous.then(() => draw(figure, size));
  previous = drawing.catch(() => undefined); // one at a time; the caller gets the error
  return drawing;
}

async function draw(figure: Figure, size: RenderSize): Promise<string> {
  const { data, finish } = standIn(structuredClone(figure));
  page ??= openPage();
  const { window, plotly } = await page;
  const { width, height } = pictureSize(figure, size);
  window.Math.random = sequence();
  const div = window.document.createElement('div');
  window.document.body.appendChild(div);
  let svg: string;
  try {
    const layout = { ...structuredClone(figure.layout), width, height };
    await plotly.newPlot(div, data, layout, { staticPlot: true });
    svg = plotly.Snapshot.toSVG(div, 'svg');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlotError(`Plotly could not draw the figure: ${reason}`, { cause: error });
  } finally {
    plotly.purge(div);
    div.remove();
  }
  const scalable = svg
    .replace(/^<svg /, `<svg viewBox="0 0 ${width} ${height}" `) // it shrinks where there is less room
    .replace(/fill: url\('(#[\w-]+)'\)/g, 'fill: url($1)'); // resvg knows references without quotes only
  return finish(scalable);
}

/** The size a figure is drawn with, px. */
function pictureSize(figure: Figure, size: RenderSize): { width: number; height: number } {
  const width = size.width ?? figure.layout.width ?? 900;
  const height = size.height ?? figure.layout.height ?? 500;
  if (!(typeof width === 'number' && width > 0 && typeof height === 'number' && height > 0)) {
    throw new PlotError(`A picture needs a positive width and height in px, got ${width} x ${height}.`);
  }
  return { width, height };
}

/**
 * Loads what drawing needs and draws once unseen, in the background: seconds of work that the first figure then does not wait for. What
 * fails here fails again, and is told, when that figure is drawn.
 */
export function prepareDrawing(): void {
  const axis = { title: { text: 'x' } };
  const figure = { data: [{ type: 'scatter', y: [0, 1] }], layout: { xaxis: axis, yaxis: axis } };
  renderSvg(figure).catch(() => undefined);
}

async function openPage(): Promise<{ window: JsdomWindow; plotly: Plotly }> {
  const [{ JSDOM, VirtualConsole }, { Resvg }, source] = await Promise.all([
    import('jsdom'),
    import('@resvg/resvg-js'),
    plotlySource(),
  ]);
  const virtualConsole = new VirtualConsole();
  virtualConsole.on('jsdomError', (error) => {
    // Plotly asks for a canvas while it loads and goes on without one.
    if (error.type !== 'not-implemented') throw error;
  });
  const { window } = new JSDOM('<body></body>', { runScripts: 'outside-only', virtualConsole });
  const measure = createMeasure(Resvg);
  const stub = <A extends unknown[], R>(read: (element: JsdomElement, ...args: A) => R) => ({
    value(this: JsdomElement, ...args: A): R {
      return read(this, ...args);
    },
  });
  Object.defineProperties(window.SVGElement.prototype, {
    getBBox: stub(measure),
    getBoundingClientRect: stub(measure),
    getTotalLength: stub(totalLength),
    getPointAtLength: stub(pointAtLength),
  });
  window.URL.createObjectURL = () => '';
  window.matchMedia = () => ({ matches: false });
  window.eval(source);
  return { window, plotly: window.Plotly as Plotly };
}

/** Plotly draws its element ids at random; a fixed sequence makes its output repeatable. */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
