import { baseAxis, baseLayout, type Figure, seriesStyle } from '@pixelrnn/plots';

export interface ContextPoint {
  label: string;
  /** Pixels that a prediction can depend on, and those that the factorisation allows it. */
  inputs: number;
  ideal: number;
  parameters: number;
  /** Nats per image, and its standard error over images. */
  test: number;
  standardError: number;
}

/** Kinds of model, by the beginning of their labels, each in a colour of its own. */
const kindOf = (label: string) => (label.split(',')[0] as string).trim();

/** Negative log-likelihood of models against the number of pixels that each can read, with all there is as the last. */
export function likelihoodAgainstContext(
  points: readonly ContextPoint[],
  { title }: { title: string },
): Figure {
  const kinds = [...new Set(points.map(({ label }) => kindOf(label)))];
  const ideal = Math.max(...points.map((point) => point.ideal));
  const inOrder = points.toSorted((a, b) => a.inputs - b.inputs);
  const nats = points.map(({ test }) => test);
  const height = Math.max(...nats) - Math.min(...nats);
  /** Whether a label at the right would run over the next point. */
  const crowded = (point: ContextPoint) => {
    const next = inOrder[inOrder.indexOf(point) + 1];
    if (!next || next.inputs - point.inputs > 0.2 * ideal) return false;
    return Math.abs(next.test - point.test) < 0.07 * height;
  };
  const description = points
    .map(({ label, inputs, test }) => `${label}: ${test.toFixed(2)} nats, ${inputs} of ${ideal} pixels`)
    .join('; ');
  return {
    data: kinds.map((kind, i) => {
      const own = points.filter(({ label }) => kindOf(label) === kind);
      return {
        type: 'scatter',
        mode: 'markers+text',
        name: kind,
        x: own.map(({ inputs }) => inputs),
        y: own.map(({ test }) => test),
        text: own.map(({ label }) => (label.includes(',') ? label.slice(label.indexOf(',') + 2) : label)),
        // Above and below in turns, as neighbours are close; to the left of the next point, and where the picture ends at the right.
        textposition: own.map((point) => {
          const vertical = inOrder.indexOf(point) % 2 === 0 ? 'top' : 'bottom';
          return `${vertical} ${crowded(point) || point.inputs > 0.7 * ideal ? 'left' : 'right'}`;
        }),
        textfont: { color: seriesStyle(i).color },
        customdata: own.map(({ label, parameters, standardError }) => [
          label,
          parameters.toLocaleString('en-US'),
          standardError.toFixed(2),
        ]),
        hovertemplate:
          `<b>%{customdata[0]}</b><br>%{y:.2f} ± %{customdata[2]} nats per image<br>` +
          `%{x} of ${ideal} pixels, %{customdata[1]} parameters<extra></extra>`,
        error_y: {
          type: 'data',
          array: own.map(({ standardError }) => standardError),
          color: seriesStyle(i).color,
          thickness: 1.5,
          width: 4,
        },
        marker: { size: 9, color: seriesStyle(i).color },
      };
    }),
    layout: {
      ...baseLayout(title, 860, 500),
      meta: { description },
      margin: { t: 64, b: 96, l: 84, r: 24 },
      showlegend: true,
      legend: { orientation: 'h', x: 0, y: -0.2 },
      xaxis: {
        ...baseAxis('pixels that a prediction can read'),
        range: [0, 1.04 * ideal],
      },
      yaxis: baseAxis('test negative log-likelihood (nats per image)'),
      shapes: [
        {
          type: 'line',
          x0: ideal,
          x1: ideal,
          yref: 'paper',
          y0: 0,
          y1: 1,
          line: { color: '#6b6b6b', width: 1.5, dash: 'dash' },
        },
      ],
      annotations: [
        {
          text: 'all before it',
          x: ideal,
          yref: 'paper',
          y: 1,
          xanchor: 'right',
          yanchor: 'bottom',
          showarrow: false,
          font: { color: '#6b6b6b' },
        },
      ],
    },
  };
}
