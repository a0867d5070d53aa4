import { displayable } from '../figureBundle.js';
import { type Figure, type JsonObject, PlotError } from './figure.js';
import { baseAxis, baseLayout, escapeText, estimatedWidth, palette } from './theme.js';

export interface DistributionPlotOptions {
  /** [distributions][intensities]: the probability of each intensity, all of the same number of intensities. */
  probabilities: ArrayLike<number>[];
  /** One for each distribution, such as `pixel (0, 0), red`. */
  labels: string[];
  title?: string;
}

const barColor = palette[0];
const endColor = palette[1];
const plotWidth = 656;
const panelHeight = 112;
const gap = 22;
const margin = { t: 64, b: 64, l: 88 };
const labelSize = 13;

/**
 * Learned distributions over the intensities of a colour, one above the other, as in Figure 6 of PixelRNN: bars of equal width, each
 * panel to its own highest. The lowest and the highest intensity, where such distributions have peaks, are in a colour of
 * their own, away from the frame, and printed at the right.
 * @throws PlotError when there is none, numbers do not match, or a row is no distribution (negative, or a sum that is not 1 within 0.001).
 */
export function distributionPlot(options: DistributionPlotOptions): Figure {
  const rows = options.probabilities.map((row) => Array.from(row));
  const { labels, title = 'Distribution over intensities' } = options;
  check(rows, labels);
  const levels = rows[0]!.length;
  const last = levels - 1;
  const room = 0.5 + Math.max(0.5, 0.0122 * levels); // half a bar, and white beside the bars at the ends
  const notes = rows.map((row) => [0, last].map((level) => `p(${level}) ${percent(row[level]!)}`));
  const right =
    24 + Math.max(100, ...[...labels, ...notes.flat()].map((text) => estimatedWidth(text, labelSize)));
  const plotHeight = rows.length * (panelHeight + gap) - gap;
  const suffix = (index: number) => (index === 0 ? '' : String(index + 1));
  const panels = rows.map((row, index) => {
    const top = 1 - (index * (panelHeight + gap)) / plotHeight;
    return { row, index, top, domain: [Math.max(0, top - panelHeight / plotHeight), top] };
  });
  return displayable({
    data: panels.flatMap(({ row, index }) => {
      const bars = (levels: number[], color: string): JsonObject => ({
        type: 'bar',
        name: escapeText(labels[index]!),
        x: levels,
        y: levels.map((level) => Number(row[level]!.toPrecision(5))),
        width: 1,
        yaxis: `y${suffix(index)}`,
        marker: { color, line: { width: 0 } },
        hovertemplate: '<b>%{fullData.name}</b><br>intensity %{x}: probability %{y:.4~g}<extra></extra>',
      });
      const inner = Array.from({ length: Math.max(0, levels - 2) }, (_, i) => i + 1);
      return [...(inner.length > 0 ? [bars(inner, barColor)] : []), bars([0, last], endColor)];
    }),
    layout: {
      ...baseLayout(title, margin.l + plotWidth + right, margin.t + plotHeight + margin.b),
      meta: {
        description: rows
          .map(
            (row, i) => `${labels[i]}: ${notes[i]!.join(', ')}, highest at ${row.indexOf(Math.max(...row))}`,
          )
          .join('; '),
      },
      margin: { ...margin, r: right },
      barmode: 'overlay',
      hovermode: 'closest',
      xaxis: {
        ...baseAxis('intensity'),
        showgrid: false,
        range: [-room, last + room],
        anchor: `y${suffix(rows.length - 1)}`,
        ...(levels === 256 ? { tickvals: [0, 32, 64, 96, 128, 160, 192, 224, 255] } : { tickformat: 'd' }),
      },
      ...Object.fromEntries(
        panels.map(({ row, index, domain }) => [
          `yaxis${suffix(index)}`,
          { ...baseAxis(''), domain, range: [0, 1.06 * Math.max(...row)], nticks: 4, showline: false },
        ]),
      ),
      annotations: [
        {
          text: 'probability',
          ...{
            xref: 'paper',
            x: 0,
            xshift: -64,
            xanchor: 'center',
            yref: 'paper',
            y: 0.5,
            yanchor: 'middle',
          },
          textangle: -90,
          showarrow: false,
          font: { size: 15 },
        },
        ...panels.map(({ index, top }) => ({
          text: [`<b>${escapeText(labels[index]!)}</b>`, ...notes[index]!.map(escapeText)].join('<br>'),
          ...{ xref: 'paper', x: 1, xshift: 12, xanchor: 'left', yref: 'paper', y: top, yanchor: 'top' },
          align: 'left',
          showarrow: false,
          font: { size: labelSize },
        })),
      ],
    },
  });
}

/** Below this share, %, digits would only look like news. */
const leastPercent = 0.001;

/** `= 25%`, or `< 0.001%`. */
function percent(probability: number): string {
  const share = Number((100 * probability).toPrecision(3));
  return share < leastPercent ? `< ${leastPercent}%` : `= ${share}%`;
}

function check(rows: number[][], labels: string[]): void {
  if (rows.length === 0)
    throw new PlotError('A distribution plot needs at least one distribution, got none.');
  if (labels.length !== rows.length) {
    throw new PlotError(
      `A distribution plot needs a label for each of its ${rows.length} distributions, got ${labels.length}.`,
    );
  }
  const levels = rows[0]!.length;
  rows.forEach((row, index) => {
    if (row.length !== levels || levels < 2) {
      throw new PlotError(
        `Distributions must be over the same 2 or more intensities: '${labels[0]}' has ${levels}, '${labels[index]}' has ${row.length}.`,
      );
    }
    const wrong = row.findIndex((probability) => !(probability >= 0 && Number.isFinite(probability)));
    if (wrong >= 0) {
      throw new PlotError(
        `The probabilities of '${labels[index]}' must be 0 or more, got ${row[wrong]} for intensity ${wrong}; give probabilities, not logits.`,
      );
    }
    const sum = row.reduce((total, probability) => total + probability, 0);
    if (Math.abs(sum - 1) > 1e-3) {
      throw new PlotError(`The probabilities of '${labels[index]}' must add up to 1, got ${sum.toFixed(4)}.`);
    }
  });
}
