import { displayable } from '../figureBundle.js';
import { duration } from './duration.js';
import { type Figure, type JsonObject, type Metric, PlotError } from './figure.js';
import {
  baseAxis,
  baseLayout,
  escapeText,
  estimatedWidth,
  gridColor,
  ink,
  metricDecimals,
  metricTitle,
  metricUnit,
  muted,
  palette,
} from './theme.js';

/** One row of a table: the paper's number and ours, in the table's metric; null for what was not measured. */
export interface TablePlotRow {
  label: string;
  paper: number | null;
  ours: number | null;
  /** Standard error of `ours` over images; its standard deviation over seeds where it is the mean of several. */
  sd?: number | null;
  /** Of how many seeds `ours` is the mean; one where absent. */
  seeds?: number;
  /** How the paper prints its number where that says more than the number, such as `≤ 80.97` for a bound. */
  paperText?: string;
  /** What `ours` was measured with, for its hover label: sizes as `h = 16, 7 layers`, parameters, training steps and wall time. */
  sizes?: string | null;
  parameters?: number | null;
  steps?: number | null;
  /** Wall time of the training, s. */
  seconds?: number | null;
}

export interface TablePlotOptions {
  metric: Metric;
  /** Which images the numbers are of, such as `test` or `validation`. */
  split: string;
  title: string;
  /** What the numbers are, as `Negative log-likelihood of ...`, where they are not the likelihood of whole images. */
  quantity?: string | undefined;
}

const ourColor = palette[0];
/** The height of a row whose label has one line, and what each further line adds, px. */
const rowHeight = 30;
const lineHeight = 18;
/** Where a longer label is broken, characters. */
const labelLength = 44;
const plotWidth = 460;
const columnWidth = 78;
const hovertemplate = '<b>%{text}</b><br>%{customdata}<extra></extra>';

/**
 * The paper's numbers (hollow diamonds) and ours (filled dots, with a bar of one `sd`) row by row, the first
 * row on top, and both printed at the right in columns of their own. Where a row has several seeds, its name counts them, and
 * a note below the columns says what each `sd` is.
 * @throws PlotError when there is no row, no number at all, a label twice, or a number that is not finite.
 */
export function tablePlot(rows: TablePlotRow[], options: TablePlotOptions): Figure {
  checkRows(rows);
  const { metric, title } = options;
  const [measured, axisTitle] = titles(options);
  const decimals = metricDecimals[metric];
  const note = rows.some(ofSeeds)
    ? `± standard error over ${options.split} images; of rows with several seeds, standard deviation over seeds`
    : null;
  const axisHeight = 66 + (axisTitle.includes('<br>') ? lineHeight : 0);
  const bottom = axisHeight + (note === null ? 0 : lineHeight);
  const places = rows.map((_, index) => index);
  const paper = rows.flatMap((row, index) => (row.paper === null ? [] : [{ x: row.paper, y: index, row }]));
  const ours = rows.flatMap((row, index) => (row.ours === null ? [] : [{ x: row.ours, y: index, row }]));
  const oursText = rows.map((row) =>
    row.ours === null
      ? '–'
      : `${row.ours.toFixed(decimals)}${row.sd ? ` ± ${row.sd.toFixed(decimals)}` : ''}`,
  );
  const paperText = rows.map((row) => row.paperText ?? row.paper?.toFixed(2) ?? '–');
  const names = rows.map((row) => (ofSeeds(row) ? `${row.label}, ${row.seeds} seeds` : row.label));
  const labels = names.map(brokenLabel);
  const left = 28 + Math.max(60, ...labels.flat().map((line) => estimatedWidth(line)));
  const height = rowHeight + lineHeight * (Math.max(...labels.map(({ length }) => length)) - 1);
  const oursWidth = Math.max(columnWidth, ...oursText.map((text) => 24 + estimatedWidth(text)));
  const paperWidth = Math.max(columnWidth, ...paperText.map((text) => 24 + estimatedWidth(text)));
  const right = paperWidth + oursWidth + 12;
  const column = (texts: string[], edge: number, color: string) =>
    texts.map((text, index) => cell(text, index, edge, text === '–' ? muted : color));
  const axis = baseAxis('');
  return displayable({
    data: [
      {
        type: 'scatter',
        mode: 'markers',
        name: 'paper',
        x: paper.map((point) => point.x),
        y: paper.map((point) => point.y),
        text: paper.map((point) => escapeText(point.row.label)),
        customdata: paper.map(({ y }) => escapeText(`paper: ${paperText[y]} ${metricUnit[metric]}`)),
        hovertemplate,
        marker: { symbol: 'diamond', size: 13, color: '#ffffff', line: { color: ink, width: 2 } },
      },
      {
        type: 'scatter',
        mode: 'markers',
        name: 'ours',
        x: ours.map((point) => point.x),
        y: ours.map((point) => point.y),
        text: ours.map((point) => escapeText(point.row.label)),
        customdata: ours.map(({ row }) => details(row, metric).map(escapeText).join('<br>')),
        hovertemplate,
        error_x: {
          type: 'data',
          // Plotly draws the caps of a bar of length 0, and counts null as 0; what is no number has no bar.
          array: ours.map((point) => point.row.sd || 'none'),
          color: ourColor,
          thickness: 2,
          width: 5,
        },
        marker: { symbol: 'circle', size: 8, color: ourColor },
      },
    ],
    layout: {
      ...baseLayout(title, left + plotWidth + right, 92 + bottom + rows.length * height),
      meta: {
        description: `${measured}: ${names
          .map((name, index) => `${name}: paper ${paperText[index]}, ours ${oursText[index]}`)
          .join('; ')}${note === null ? '' : `. ${note}`}`,
      },
      margin: { l: left, r: right, t: 92, b: bottom },
      xaxis: {
        ...axis,
        title: { ...(axis.title as JsonObject), text: axisTitle },
        range: horizontalRange(rows),
      },
      yaxis: {
        range: [rows.length - 0.5, -0.5],
        tickmode: 'array',
        tickvals: places,
        ticktext: labels.map((lines) => lines.map(escapeText).join('<br>')),
        gridcolor: gridColor,
        zeroline: false,
        fixedrange: true,
        ticks: 'outside',
        ticklen: 6,
        tickcolor: '#ffffff',
      },
      shapes: rows.flatMap((row, index): JsonObject[] =>
        row.paper === null || row.ours === null
          ? []
          : [
              {
                type: 'line',
                x0: row.paper,
                x1: row.ours,
                y0: index,
                y1: index,
                layer: 'between',
                line: { color: ourColor, width: 1.5, dash: 'dot' },
              },
            ],
      ),
      annotations: [
        header('◇ paper', paperWidth, ink),
        header('● ours', paperWidth + oursWidth, ourColor),
        ...column(paperText, paperWidth, ink),
        ...column(oursText, paperWidth + oursWidth, ourColor),
        ...(note === null ? [] : [footnote(note, paperWidth + oursWidth, axisHeight)]),
      ],
    },
  });
}

const ofSeeds = ({ sd, seeds = 1 }: TablePlotRow): boolean => Boolean(sd) && seeds > 1;

/** What is measured, and the title of its axis, in two lines where it is long. */
function titles({ metric, split, quantity }: TablePlotOptions): [measured: string, axis: string] {
  if (quantity === undefined) {
    const measured = `${split} ${metricTitle(metric)}`;
    return [measured, escapeText(`${measured}, lower is better`)];
  }
  const measured = `${split} ${quantity.charAt(0).toLowerCase()}${quantity.slice(1)}`;
  const unit = `(${metricUnit[metric]})`;
  return [`${measured} ${unit}`, `${escapeText(measured)}<br>${unit}, lower is better`];
}

/** The lines of a label, broken after commas: a row that tells its sizes would leave its numbers no room. */
function brokenLabel(label: string): string[] {
  const lines: string[] = [];
  for (const part of label.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + part.length + 1 > labelLength) lines.push(part);
    else lines[lines.length - 1] = `${last} ${part}`;
  }
  return lines;
}

/** The lines of a hover label of ours: the number with one digit more than the column beside the plot, and what it was measured with. */
function details(row: TablePlotRow, metric: Metric): string[] {
  const decimals = metricDecimals[metric] + 1;
  const spread = row.sd ? ` ± ${row.sd.toFixed(decimals)}` : '';
  const count = (value: number | null | undefined, what: string) =>
    value === null || value === undefined ? [] : [`${value.toLocaleString('en-US')} ${what}`];
  return [
    `ours: ${row.ours!.toFixed(decimals)}${spread} ${metricUnit[metric]}`,
    ...(ofSeeds(row) ? [`mean ± standard deviation over ${row.seeds} seeds`] : []),
    ...(row.sizes ? [row.sizes] : []),
    ...count(row.parameters, 'parameters'),
    ...count(row.steps, 'steps'),
    ...(typeof row.seconds === 'number' ? [`trained for ${duration(row.seconds)}`] : []),
  ];
}

/** A text of the columns at the right; `edge` is where it ends, px from the plot. */
function cell(text: string, row: number, edge: number, color: string): JsonObject {
  const place = { xref: 'paper', x: 1, xshift: edge, xanchor: 'right', yref: 'y', y: row, yanchor: 'middle' };
  return { ...place, text: escapeText(text), showarrow: false, font: { color } };
}

function header(text: string, edge: number, color: string): JsonObject {
  const place = {
    xref: 'paper',
    x: 1,
    xshift: edge,
    xanchor: 'right',
    yref: 'paper',
    y: 1,
    yanchor: 'bottom',
  };
  return { ...place, text: `<b>${text}</b>`, showarrow: false, font: { color } };
}

/** A line `below` px below the plot, which ends where the columns end. */
function footnote(text: string, edge: number, below: number): JsonObject {
  const place = {
    ...{ xref: 'paper', x: 1, xshift: edge, xanchor: 'right' },
    ...{ yref: 'paper', y: 0, yshift: -below, yanchor: 'middle' },
  };
  return {
    name: 'note',
    ...place,
    text: escapeText(text),
    showarrow: false,
    font: { color: muted, size: 12 },
  };
}

function checkRows(rows: TablePlotRow[]): void {
  if (rows.length === 0) throw new PlotError('A table plot needs at least one row, got none.');
  const seen = new Set<string>();
  for (const row of rows) {
    if (seen.has(row.label))
      throw new PlotError(`The rows of a table plot need labels of their own, got '${row.label}' twice.`);
    seen.add(row.label);
    for (const [name, value] of [
      ['paper', row.paper],
      ['ours', row.ours],
      ['sd', row.sd ?? null],
      ['seeds', row.seeds ?? null],
      ['parameters', row.parameters ?? null],
      ['steps', row.steps ?? null],
      ['seconds', row.seconds ?? null],
    ] as const) {
      if (value !== null && !Number.isFinite(value)) {
        throw new PlotError(`Row '${row.label}': ${name} must be a finite number or null, got ${value}.`);
      }
    }
  }
  if (rows.every((row) => row.paper === null && row.ours === null)) {
    throw new PlotError(`A table plot needs at least one number, got ${rows.length} rows without any.`);
  }
}

function horizontalRange(rows: TablePlotRow[]): [number, number] {
  const values = rows.flatMap((row) => [
    ...(row.paper === null ? [] : [row.paper]),
    ...(row.ours === null ? [] : [row.ours - (row.sd ?? 0), row.ours + (row.sd ?? 0)]),
  ]);
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = 0.06 * (high - low) || 0.5;
  return [low - room, high + room];
}
