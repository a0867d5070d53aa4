import { type ColorScale, colorAt } from '../figures/colorScales.js';
import { type Figure, type JsonObject, PlotError } from '../figures/figure.js';

/** A heatmap of a figure, which Plotly draws only in a browser, and the name of what stands in for it. */
interface Cells {
  name: string;
  z: (number | null)[][];
  low: number;
  high: number;
  scale: ColorScale;
}

/** A figure that plotly.js can draw without a browser, and how its SVG becomes that of the figure meant. */
export interface StandIn {
  data: JsonObject[];
  /** @throws PlotError when the SVG is not of the form that the pinned plotly.js writes. */
  finish(svg: string): string;
}

/** Bars from this number on are drawn as one path with steps, not as a path each. */
const manyBars = 32;

/**
 * Heatmaps become two points at opposite corners with the same scale of colours, so that axes and scale are Plotly's own; the cells
 * take their place in the SVG. Many bars side by side become one stepped area, which looks the same in a tenth of the text.
 * @throws PlotError for heatmaps that are not made like `heatmap`'s.
 */
export function standIn(figure: Figure): StandIn {
  const heatmaps: Cells[] = [];
  const data = figure.data.map((trace): JsonObject => {
    if (trace.type === 'histogram2d') {
      throw new PlotError(
        "Plotly draws a histogram2d on a browser's canvas, which is not there; count the values and use heatmap.",
      );
    }
    if (trace.type !== 'heatmap') return isManyBars(trace) ? steps(trace) : trace;
    const cells = toCells(trace, `cells${heatmaps.length}`);
    heatmaps.push(cells);
    return corners(trace, cells);
  });
  return { data, finish: (svg) => heatmaps.reduce(withCells, svg) };
}

function toCells(trace: JsonObject, name: string): Cells {
  const { z, zmin, zmax, colorscale, x, y } = trace;
  const isScale =
    Array.isArray(colorscale) &&
    colorscale.every((stop) => Array.isArray(stop) && /^#[0-9a-f]{6}$/i.test(String(stop[1])));
  const isGrid = Array.isArray(z) && z.length > 0 && z.every((row) => Array.isArray(row) && row.length > 0);
  if (!(isGrid && typeof zmin === 'number' && typeof zmax === 'number' && isScale) || x || y) {
    throw new PlotError(
      'Without a browser a heatmap is drawn from z, zmin, zmax and a colorscale of #rrggbb, without x and y: make it with heatmap, got another one.',
    );
  }
  return { name, z: z as Cells['z'], low: zmin, high: zmax, scale: colorscale as ColorScale };
}

function corners({ xaxis, yaxis, colorbar, showscale }: JsonObject, cells: Cells): JsonObject {
  return {
    type: 'scatter',
    mode: 'markers',
    uid: cells.name,
    x: [-0.5, cells.z[0]!.length - 0.5],
    y: [-0.5, cells.z.length - 0.5],
    cliponaxis: true,
    ...(xaxis ? { xaxis } : {}),
    ...(yaxis ? { yaxis } : {}),
    marker: {
      color: [cells.low, cells.high],
      cmin: cells.low,
      cmax: cells.high,
      colorscale: cells.scale,
      showscale: showscale !== false,
      ...(colorbar ? { colorbar } : {}),
    },
  };
}

function withCells(svg: string, cells: Cells): string {
  const group = new RegExp(
    `(<g class="trace scatter trace${cells.name}"[^>]*>).*?<g class="points">(.*?)</g>.*?</g>`,
  );
  const found = group.exec(svg);
  const places = [...(found?.[2] ?? '').matchAll(/transform="(?:translate\(([^,]*),([^)]*)\))?"/g)].map(
    ([, x = '0', y = '0']) => [Number(x), Number(y)],
  );
  if (!found || places.length !== 2) {
    throw new PlotError(
      `Expected the two corners of the heatmap in plotly.js's SVG, got ${places.length}; is it the pinned plotly.js?`,
    );
  }
  const [[left, top], [right, bottom]] = places as [[number, number], [number, number]];
  const paths = cellPaths(cells, { left, top, right, bottom });
  return svg.slice(0, found.index) + found[1] + paths + svg.slice(found.index + found[0].length - 4);
}

/** One path for each colour; neighbours of one colour in a row are one rectangle. */
function cellPaths(
  { z, low, high, scale }: Cells,
  area: Record<'left' | 'top' | 'right' | 'bottom', number>,
): string {
  const columns = z[0]!.length;
  const x = (column: number) => hundredths(area.left + ((area.right - area.left) * column) / columns);
  const y = (row: number) => hundredths(area.top + ((area.bottom - area.top) * row) / z.length);
  const paths = new Map<string, string>();
  z.forEach((row, r) => {
    const colors = row.map((value) =>
      value === null ? '' : colorAt(scale, Math.round((255 * (value - low)) / (high - low)) / 255),
    );
    for (let start = 0, end = 0; start < columns; start = end) {
      const color = colors[start]!;
      while (end < columns && colors[end] === color) end++;
      if (color === '') continue;
      const rectangle = `M${x(start)} ${y(r)}H${x(end)}V${y(r + 1)}H${x(start)}Z`;
      paths.set(color, (paths.get(color) ?? '') + rectangle);
    }
  });
  const drawn = [...paths].map(([color, d]) => `<path fill="${color}" d="${d}"/>`).join('');
  return `<g class="cells" shape-rendering="crispEdges">${drawn}</g>`;
}

function hundredths(value: number): number {
  return Math.round(value * 100) / 100;
}

function isManyBars({ type, orientation, x, y, width, marker }: JsonObject): boolean {
  if (type !== 'bar' || orientation === 'h' || width !== 1 || !Array.isArray(x) || !Array.isArray(y))
    return false;
  const color = typeof marker === 'object' && marker !== null && !Array.isArray(marker) ? marker.color : null;
  const first = x[0];
  return (
    x.length >= manyBars &&
    x.length === y.length &&
    typeof color === 'string' &&
    y.every((value) => typeof value === 'number') &&
    typeof first === 'number' &&
    x.every((value, index) => value === first + index)
  );
}

/** The outline of bars of width 1 that touch. */
function steps({ name, x, y, xaxis, yaxis, marker }: JsonObject): JsonObject {
  const [places, heights] = [x as number[], y as number[]];
  return {
    type: 'scatter',
    mode: 'none',
    ...(name ? { name } : {}),
    x: [...places.map((place) => place - 0.5), places.at(-1)! + 0.5],
    y: [...heights, heights.at(-1)!],
    ...(xaxis ? { xaxis } : {}),
    ...(yaxis ? { yaxis } : {}),
    line: { shape: 'hv' },
    fill: 'tozeroy',
    fillcolor: (marker as JsonObject).color!,
  };
}
