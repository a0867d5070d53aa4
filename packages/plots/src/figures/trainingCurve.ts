import { displayable } from '../figureBundle.js';
import { type Figure, type JsonObject, type Metric, PlotError } from './figure.js';
import { spreadLabels } from './spreadLabels.js';
import {
  baseAxis,
  baseLayout,
  escapeText,
  estimatedWidth,
  metricDecimals,
  metricTitle,
  metricUnit,
  muted,
  pale,
  seriesStyle,
} from './theme.js';
import { fromLog, type Horizontal, type LoggedRun } from './trainingLog.js';
import { checkRun, isLoss, type TrainingRun } from './trainingRun.js';

/** A number of the paper. */
export interface PaperLine {
  label: string;
  value: number;
  /** How it is printed where two decimals do not do, such as `3.20 (?)`. */
  text?: string;
}

export interface TrainingCurveOptions {
  unit: Metric;
  /** Numbers of the paper, drawn as horizontal lines. */
  paper?: PaperLine[];
  title?: string;
  /** What `steps` counts, and which number of a log is taken. Default `steps`. */
  horizontal?: Horizontal;
  /** Whether validation losses are of training images that were held out, where the set's own validation images stand for a test set. */
  heldOut?: boolean | undefined;
}

interface Curve {
  name: string;
  x: number[];
  y: number[];
  color: string;
  dash: string;
  kind: 'train' | 'valid';
  /** Whether it is named at its end: the validation loss, or the training loss where it is all there is. */
  named: boolean;
}

const width = 900;
const height = 500;
const margin = { t: 64, b: 64, l: 80 };
const labelGap = 19;
const labelSize = 13;
const axisTitle = {
  steps: 'training steps',
  images: 'training images seen',
  hours: 'hours of training',
} as const;
const paperText = ({ value, text }: PaperLine): string => text ?? value.toFixed(2);
const hoverPlace = { steps: 'step %{x:,}', images: '%{x:,} images', hours: '%{x:.2f} h' } as const;

/**
 * The loss of one or more runs over training, with the paper's numbers as horizontal lines. Pale lines are training
 * losses, thick lines with dots validation losses; each run is labelled at its right end. The picture shows what the runs
 * come to: the losses of their first quarter may lie above it, and stay in the data; a number of the paper that is far from
 * all losses is a label with an arrow, without a line.
 * @param given - runs as lists of losses, or as their logs.
 * @throws PlotError when there is no run, lengths differ, steps do not rise, a run holds no loss or its log not what the axes need.
 */
export function trainingCurve(
  given: readonly (TrainingRun | LoggedRun)[],
  options: TrainingCurveOptions,
): Figure {
  if (given.length === 0) throw new PlotError('A training curve needs at least one run, got none.');
  const { unit, horizontal = 'steps', heldOut = false } = options;
  const runs = given.map((run) => ('log' in run ? fromLog(run, unit, horizontal) : run));
  for (const run of runs) checkRun(run);
  const paper = options.paper ?? [];
  for (const line of paper) {
    if (!Number.isFinite(line.value)) {
      throw new PlotError(`The paper's number '${line.label}' must be finite, got ${line.value}.`);
    }
  }
  const curves = runs.flatMap((run, index) => toCurves(run, index, heldOut));
  const end = Math.max(...runs.map((run) => run.steps.at(-1)!));
  const start = Math.min(0, ...runs.map((run) => run.steps[0]!));
  const [low, high] = verticalRange(curves, paper);
  const inside = (value: number) => Math.min(Math.max(value, low), high);
  const outside = (value: number) => (value < low ? ' ↓' : value > high ? ' ↑' : '');
  const drawn = paper.filter(({ value }) => !outside(value)); // resvg breaks off at lines far beyond the picture

  const labels = [
    ...curves
      .filter(({ named }) => named)
      .map(({ name, y, color }) => ({
        text: `${name}: ${y.at(-1)!.toFixed(metricDecimals[unit])}`,
        y: y.at(-1)!,
        color,
      })),
    ...paper.map((line) => ({
      text: `${line.label} (paper): ${paperText(line)}${outside(line.value)}`,
      y: line.value,
      color: muted,
    })),
  ].sort((a, b) => b.y - a.y);
  const right = 48 + Math.max(...labels.map((label) => estimatedWidth(label.text, labelSize)));
  const plotHeight = height - margin.t - margin.b;
  const pixel = (value: number) => ((high - inside(value)) / (high - low)) * plotHeight;
  const places = spreadLabels(
    labels.map((label) => pixel(label.y)),
    labelGap,
    labelGap / 2,
    plotHeight + margin.b - labelGap,
  );
  const title =
    options.title ??
    (curves.some((curve) => curve.kind === 'valid')
      ? `Training and ${validName(heldOut)} loss`
      : 'Training loss');
  return displayable({
    data: curves.map((curve) => toTrace(curve, unit, horizontal)),
    layout: {
      ...baseLayout(title, width + Math.max(0, right - 240), height),
      meta: { description: describe(curves, paper, options) },
      margin: { ...margin, r: right },
      xaxis: {
        ...baseAxis(axisTitle[horizontal]),
        range: [start, end === start ? start + 1 : end + 0.015 * (end - start)],
      },
      yaxis: { ...baseAxis(metricTitle(unit)), range: [low, high] },
      shapes: drawn.map(({ value }) => ({
        type: 'line',
        xref: 'paper',
        x0: 0,
        x1: 1,
        y0: value,
        y1: value,
        layer: 'between',
        line: { color: muted, width: 1.5, dash: 'dash' },
      })),
      annotations: [
        ...labels.map((label, index) => ({
          text: escapeText(label.text),
          xref: 'paper',
          x: 1,
          y: inside(label.y),
          ax: 22,
          ay: Math.round(places[index]! - pixel(label.y)),
          xanchor: 'left',
          align: 'left',
          showarrow: true,
          arrowhead: 0,
          arrowwidth: 1,
          arrowcolor: outside(label.y) ? 'rgba(0, 0, 0, 0)' : label.color, // its text has an arrow
          standoff: 3,
          font: { size: labelSize, color: label.color },
        })),
        key(curves, {
          runs: runs.length,
          high,
          heldOut,
          paper: paper.map(({ value }) => outside(value)),
        }),
      ],
    },
  });
}

interface KeyOptions {
  runs: number;
  /** Where the plot ends. */
  high: number;
  heldOut: boolean;
  /** Where the paper's numbers are beyond it. */
  paper: readonly string[];
}

/** What the kinds of lines are, above the plot. */
function key(curves: readonly Curve[], { runs, high, heldOut, paper }: KeyOptions): JsonObject {
  const pales = curves.filter(({ named }) => !named).length;
  const text = [
    ...(pales > 0 ? [`pale: training${pales < runs ? `, of ${pales} of the ${runs} runs` : ''}`] : []),
    ...(curves.some(({ kind }) => kind === 'valid')
      ? [`with dots: ${heldOut ? 'held-out training images' : 'validation'}`]
      : []),
    ...(paper.some((arrow) => arrow === '') ? ['dashed grey: the paper'] : []),
    ...(paper.some((arrow) => arrow !== '') ? ['grey with an arrow: the paper, beyond the picture'] : []),
    ...(curves.some(({ y }) => y.some((loss) => loss > high)) ? ['higher losses lie above the picture'] : []),
  ].join('; ');
  const place = { xref: 'paper', x: 0, xanchor: 'left', yref: 'paper', y: 1, yanchor: 'bottom' };
  return { ...place, text, showarrow: false, font: { size: 12, color: muted } };
}

const validName = (heldOut: boolean): string => (heldOut ? 'held-out' : 'validation');

function toCurves(run: TrainingRun, index: number, heldOut: boolean): Curve[] {
  return (['train', 'valid'] as const).flatMap((kind) => {
    const losses = run[kind] ?? [];
    const taken = losses.flatMap((loss, i) => (isLoss(loss) ? [[run.steps[i]!, loss] as const] : []));
    if (taken.length === 0) return [];
    const name = `${run.label}, ${kind === 'train' ? 'training' : validName(heldOut)}`;
    const named = kind === 'valid' || !run.valid?.some(isLoss);
    return [
      { name, x: taken.map(([x]) => x), y: taken.map(([, y]) => y), kind, named, ...seriesStyle(index) },
    ];
  });
}

function toTrace(curve: Curve, unit: Metric, horizontal: Horizontal): JsonObject {
  const marked = curve.kind === 'valid' || curve.x.length === 1;
  return {
    type: 'scatter',
    mode: marked ? 'lines+markers' : 'lines',
    name: escapeText(curve.name),
    x: curve.x,
    y: curve.y,
    hovertemplate: `<b>%{fullData.name}</b><br>${hoverPlace[horizontal]}: %{y:.${metricDecimals[unit]}f} ${metricUnit[unit]}<extra></extra>`,
    line: {
      color: curve.named ? curve.color : pale(curve.color),
      dash: curve.dash,
      width: curve.kind === 'valid' ? 2.5 : 1.2,
    },
    ...(marked ? { marker: { size: 6, color: curve.color } } : {}),
  };
}

function describe(curves: Curve[], paper: readonly PaperLine[], options: TrainingCurveOptions): string {
  const { unit, horizontal = 'steps' } = options;
  const number = (value: number) => `${value.toFixed(metricDecimals[unit])} ${metricUnit[unit]}`;
  return [
    ...curves.map(
      ({ name, x, y }) => `${name}: ${number(y.at(-1)!)} after ${Number(x.at(-1)!.toFixed(2))} ${horizontal}`,
    ),
    ...paper.map((line) => `${line.label} (paper): ${paperText(line)} ${metricUnit[unit]}`),
  ].join('; ');
}

/** How far from all losses a number of the paper is still drawn, in heights of what they span. */
const reach = 0.5;

/**
 * What validation losses span, and training losses once the first quarter of training is over, but no higher than four
 * times the median's height above the lowest; and the numbers of the paper nearby.
 */
function verticalRange(curves: readonly Curve[], paper: readonly { value: number }[]): [number, number] {
  const losses = curves.flatMap((curve) => curve.y).sort((a, b) => a - b);
  const lowest = losses[0]!;
  const median = losses[Math.floor(losses.length / 2)]!;
  const ends = Math.max(...curves.map((curve) => curve.y.at(-1)!));
  const settled = Math.max(
    ...curves.map(({ kind, y }) => (kind === 'valid' ? Math.max(...y) : upperQuartile(y))),
  );
  const highest = Math.max(Math.min(settled, lowest + 4 * (median - lowest)), ends);
  const near = reach * (highest - lowest);
  const drawn = paper.map(({ value }) => value).filter((v) => v >= lowest - near && v <= highest + near);
  const [bottom, top] = [Math.min(lowest, ...drawn), Math.max(highest, ...drawn)];
  const room = 0.05 * (top - bottom) || 0.5;
  return [bottom - room, top + room];
}

/** About the loss after a quarter of the training, for losses that fall, whatever peaks there are. */
function upperQuartile(losses: readonly number[]): number {
  return [...losses].sort((a, b) => a - b)[Math.floor(0.75 * (losses.length - 1))]!;
}
