import { displayable } from '../figureBundle.js';
import { type ColorScale, divergingScale, sequentialScale } from './colorScales.js';
import { type Figure, PlotError } from './figure.js';
import { baseAxis, baseLayout, escapeText, estimatedWidth, palette } from './theme.js';

/** A cell of a heatmap, counted from 0 at the top left. */
export interface Cell {
  row: number;
  column: number;
}

export interface HeatmapOptions {
  /** [rows][columns], the first row on top; null or NaN where there is no value, which leaves the cell empty. */
  values: ArrayLike<number | null>[];
  title: string;
  /** What the values are, in their unit, beside the scale of colours and in hover labels: `bits`, `|d logit / d pixel|`. */
  unit: string;
  /** `diverging` has its middle at 0. Default: `diverging` where values lie on both sides of 0, else `sequential`. */
  scale?: 'sequential' | 'diverging';
  /**
   * Values of the first and the last colour; values beyond have the colour of the end. Default: the lowest and the highest value,
   * with `diverging` the largest distance from 0 on both sides.
   */
  range?: [low: number, high: number];
  /** A cell with a frame around it, such as the pixel that a receptive field belongs to. */
  mark?: Cell;
  /** What columns and rows are. Default `column` and `row`. */
  horizontal?: string;
  vertical?: string;
}

const margin = { t: 64, b: 64, l: 76 };
const scaleWidth = 120;
/** Sides of the cells' area, px: what is aimed at, and the least. */
const side = 440;
const leastSide = 64;

/**
 * Values on a grid as colours: receptive fields, bits of each pixel, masks. Row 0 is on top, as in images.
 * @throws PlotError when the grid is empty or its rows differ in length, a value is infinite, none is finite, or range or mark do not fit.
 */
export function heatmap(options: HeatmapOptions): Figure {
  const { title, unit, mark } = options;
  const rows = options.values.map((row) => Array.from(row, toCell));
  const columns = rows[0]?.length ?? 0;
  checkGrid(rows, columns);
  if (mark && !(isIndex(mark.row, rows.length) && isIndex(mark.column, columns))) {
    throw new PlotError(
      `The marked cell must lie in the ${rows.length} rows and ${columns} columns, got row ${mark.row}, column ${mark.column}.`,
    );
  }
  const values = rows.flat().filter((value) => value !== null);
  if (values.length === 0) throw new PlotError('A heatmap needs at least one finite value, got none.');
  const [lowest, highest] = extent(values);
  const scale = options.scale ?? (lowest < 0 && highest > 0 ? 'diverging' : 'sequential');
  const [low, high] = colorRange(scale, lowest, highest, options.range);

  const square = Math.max(1, Math.min(leastSide, Math.floor(side / Math.max(rows.length, columns))));
  const plotWidth = columns * Math.max(square, Math.ceil(leastSide / columns));
  const plotHeight = rows.length * Math.max(square, Math.ceil(leastSide / rows.length));
  const width = Math.max(margin.l + plotWidth + scaleWidth, 32 + estimatedWidth(title, 18));
  const horizontal = options.horizontal ?? 'column';
  const vertical = options.vertical ?? 'row';
  const axis = (name: string, count: number) => ({
    ...baseAxis(name),
    showgrid: false,
    showline: false,
    tick0: 0,
    dtick: tickStep(count),
    constrain: 'domain',
  });
  return displayable({
    data: [
      {
        type: 'heatmap',
        z: rows,
        zmin: low,
        zmax: high,
        colorscale: (scale === 'diverging' ? divergingScale : sequentialScale) satisfies ColorScale,
        hoverongaps: false,
        hovertemplate: `${escapeText(vertical)} %{y}, ${escapeText(horizontal)} %{x}: %{z:.4~g} ${escapeText(unit)}<extra></extra>`,
        colorbar: {
          title: { text: escapeText(unit), side: 'right' },
          thickness: 14,
          outlinewidth: 0,
          len: 1,
          x: 1,
          xpad: 12,
          ypad: 0,
        },
      },
    ],
    layout: {
      ...baseLayout(title, width, margin.t + plotHeight + margin.b),
      meta: {
        description: `${rows.length} rows, ${columns} columns; ${unit} from ${brief(lowest)} to ${brief(highest)}${
          mark ? `; row ${mark.row}, column ${mark.column} marked` : ''
        }.`,
      },
      margin: { ...margin, r: width - margin.l - plotWidth, autoexpand: false },
      xaxis: { ...axis(horizontal, columns), range: [-0.5, columns - 0.5] },
      yaxis: {
        ...axis(vertical, rows.length),
        range: [rows.length - 0.5, -0.5],
        ...(plotWidth / columns === plotHeight / rows.length ? { scaleanchor: 'x' } : {}),
      },
      shapes: mark
        ? [
            {
              type: 'rect',
              x0: mark.column - 0.5,
              x1: mark.column + 0.5,
              y0: mark.row - 0.5,
              y1: mark.row + 0.5,
              line: { color: palette[1], width: 2 },
            },
          ]
        : [],
    },
  });
}

/** Six digits: more than a colour or a label shows, and a third of the text of a double. */
function toCell(value: number | null): number | null {
  return value === null || Number.isNaN(value) ? null : Number(value.toPrecision(6));
}

function checkGrid(rows: (number | null)[][], columns: number): void {
  if (columns === 0) throw new PlotError('A heatmap needs at least one row and one column, got none.');
  rows.forEach((row, index) => {
    if (row.length !== columns) {
      throw new PlotError(
        `The rows of a heatmap must be equally long: row 0 has ${columns} values, row ${index} has ${row.length}.`,
      );
    }
    const wrong = row.findIndex((value) => value !== null && !Number.isFinite(value));
    if (wrong >= 0) {
      throw new PlotError(
        `The values of a heatmap must be finite, or null for an empty cell, got ${row[wrong]} at row ${index}, column ${wrong}.`,
      );
    }
  });
}

function isIndex(value: number, count: number): boolean {
  return Number.isInteger(value) && value >= 0 && value < count;
}

/** Lowest and highest, without spreading a large grid over arguments. */
function extent(values: number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function colorRange(
  scale: 'sequential' | 'diverging',
  lowest: number,
  highest: number,
  given: [number, number] | undefined,
): [number, number] {
  if (given) {
    const [low, high] = given;
    if (!(Number.isFinite(low) && Number.isFinite(high) && low < high)) {
      throw new PlotError(
        `The range of a heatmap must be two finite numbers that rise, got ${low} to ${high}.`,
      );
    }
    if (scale === 'diverging' && low !== -high) {
      throw new PlotError(
        `A diverging scale has its middle at 0: give a range such as [-1, 1], got ${low} to ${high}.`,
      );
    }
    return given;
  }
  if (scale === 'diverging') {
    const distance = Math.max(-lowest, highest, 0) || Math.abs(highest) || 1;
    return [-distance, distance];
  }
  return lowest < highest ? [lowest, highest] : [lowest - 0.5, lowest + 0.5];
}

/** Every 1, 2, 4, 8, ... so that there are ten ticks at most. */
function tickStep(count: number): number {
  return 2 ** Math.max(0, Math.ceil(Math.log2(count / 10)));
}

function brief(value: number): string {
  return String(Number(value.toPrecision(4)));
}
