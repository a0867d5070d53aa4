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
  seriesStyle,
} from './theme.js';
import { fromLog, type Horizontal, type LoggedRun } from './trainingLog.js';
import { checkRun, isLoss, type TrainingRun } from './trainingRun.js';

export interface TrainingCurveOptions {
  unit: Metric;
  /** Numbers of the paper, drawn as horizontal lines. */
  paper?: { label: string; value: number }[];
  title?: string;
  /** What `steps` counts, and which number of a log is taken. Default `steps`. */
  horizontal?: Horizontal;
}

interface Curve {
  name: string;
  x: number[];
  y: number[];
  color: string;
  dash: string;
  kind: 'train' | 'valid';
  /** Whether the last value is printed: the validation loss, or the training loss where it is all there is. */
  numbered: boolean;
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
const hoverPlace = { steps: 'step %{x:,}', images: '%{x:,} images', hours: '%{x:.2f} h' } as const;

/**
 * The loss of one or more runs over training, with the paper's numbers as horizontal lines. Thin lines are training
 * losses, thick lines with dots validation losses; each is labelled at its right end. Where the first
 * losses tower over the rest, the picture cuts them off; they stay in the data.
 * @param given - runs as lists of losses, or as their logs.
 * @throws PlotError when there is no run, lengths differ, steps do not rise, a run holds no loss or its log not what the axes need.
 */
export function trainingCurve(
  given: readonly (TrainingRun | LoggedRun)[],
  options: TrainingCurveOptions,
): Figure {
  if (given.length === 0) throw new PlotError('A training curve needs at least one run, got none.');
  const { unit, horizontal = 'steps' } = options;
  const runs = given.map((run) => ('log' in run ? fromLog(run, unit, horizontal) : run));
  for (const run of runs) checkRun(run);
  const paper = options.paper ?? [];
  for (const line of paper) {
    if (!Number.isFinite(line.value)) {
      throw new PlotError(`The paper's number '${line.label}' must be finite, got ${line.value}.`);
    }
  }
  const curves = runs.flatMap(toCurves);
  const end = Math.max(...runs.map((run) => run.steps.at(-1)!));
  const start = Math.min(0, ...runs.map((run) => run.steps[0]!));
  const [low, high] = verticalRange(curves, paper);

  const labels = [
    ...curves.map((curve) => {
      const last = curve.y.at(-1)!;
      return {
        text: curve.numbered ? `${curve.name}: ${last.toFixed(2)}` : curve.name,
        y: last,
        color: curve.color,
      };
    }),
    ...paper.map((line) => ({
      text: `${line.label} (paper): ${line.value.toFixed(2)}`,
      y: line.value,
      color: muted,
    })),
  ];
  const right = 48 + Math.max(...labels.map((label) => estimatedWidth(label.text, labelSize)));
  const plotHeight = height - margin.t - margin.b;
  const pixel = (value: number) => ((high - Math.min(value, high)) / (high - low)) * plotHeight;
  const places = spreadLabels(
    labels.map((label) => pixel(label.y)),
    labelGap,
    labelGap / 2,
    plotHeight - labelGap / 2,
  );
  const title =
    options.title ??
    (curves.some((curve) => curve.kind === 'valid') ? 'Training and validation loss' : 'Training loss');
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
      shapes: paper.map((line) => ({
        type: 'line',
        xref: 'paper',
        x0: 0,
        x1: 1,
        y0: line.value,
        y1: line.value,
        layer: 'between',
        line: { color: muted, width: 1.5, dash: 'dash' },
      })),
      annotations: labels.map((label, index) => ({
        text: escapeText(label.text),
        xref: 'paper',
        x: 1,
        y: Math.min(label.y, high),
        ax: 22,
        ay: Math.round(places[index]! - pixel(label.y)),
        xanchor: 'left',
        align: 'left',
        showarrow: true,
        arrowhead: 0,
        arrowwidth: 1,
        arrowcolor: label.color,
        standoff: 3,
        font: { size: labelSize, color: label.color },
      })),
    },
  });
}

function toCurves(run: TrainingRun, index: number): Curve[] {
  return (['train', 'valid'] as const).flatMap((kind) => {
    const losses = run[kind] ?? [];
    const taken = losses.flatMap((loss, i) => (isLoss(loss) ? [[run.steps[i]!, loss] as const] : []));
    if (taken.length === 0) return [];
    const name = `${run.label}, ${kind === 'train' ? 'training' : 'validation'}`;
    const numbered = kind === 'valid' || !run.valid?.some(isLoss);
    return [
      { name, x: taken.map(([x]) => x), y: taken.map(([, y]) => y), kind, numbered, ...seriesStyle(index) },
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
    line: { color: curve.color, dash: curve.dash, width: curve.kind === 'valid' ? 2.5 : 1.2 },
    ...(marked ? { marker: { size: 6, color: curve.color } } : {}),
  };
}

function describe(
  curves: Curve[],
  paper: { label: string; value: number }[],
  options: TrainingCurveOptions,
): string {
  const { unit, horizontal = 'steps' } = options;
  const number = (value: number) => `${value.toFixed(metricDecimals[unit])} ${metricUnit[unit]}`;
  return [
    ...curves.map(
      ({ name, x, y }) => `${name}: ${number(y.at(-1)!)} after ${Number(x.at(-1)!.toFixed(2))} ${horizontal}`,
    ),
    ...paper.map(({ label, value }) => `${label} (paper): ${number(value)}`),
  ].join('; ');
}

/** From just below everything to four times the median's height above the lowest, or to the highest where that is less. */
function verticalRange(curves: Curve[], paper: { value: number }[]): [number, number] {
  const losses = curves.flatMap((curve) => curve.y).sort((a, b) => a - b);
  const references = paper.map((line) => line.value);
  const lowest = Math.min(losses[0]!, ...references);
  const median = losses[Math.floor(losses.length / 2)]!;
  const ends = curves.map((curve) => curve.y.at(-1)!);
  const cut = Math.max(lowest + 4 * (median - lowest), ...ends, ...references);
  const highest = Math.max(losses.at(-1)!, ...references);
  const top = Math.min(highest, cut);
  const room = 0.05 * (top - lowest) || 0.5;
  return [lowest - room, top + room];
}
