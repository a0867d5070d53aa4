import { baseAxis, baseLayout, type Figure, seriesStyle } from '@pixelrnn/plots';
import type { ScalingReport, ScalingRow } from './scalingReport.js';
import { type ScalingAxis, scalingAxes, scalingBase } from './scalingWorks.js';

const titles: Record<ScalingAxis, string> = {
  side: 'side of the image',
  h: 'h',
  depth: 'blocks or layers',
  batch: 'batch',
};
const labels: Record<ScalingRow['model'], string> = {
  pixelcnn: 'PixelCNN',
  row: 'Row LSTM',
  diagonal: 'Diagonal BiLSTM',
};
const models = Object.keys(labels) as ScalingRow['model'][];
/** Milliseconds: 1, 2 and 5 of each power of ten. */
const timeTicks = [-1, 0, 1, 2, 3, 4].flatMap((power) =>
  [1, 2, 5].map((first) => Number(`${first}e${power}`)),
);
const gap = 0.045;
const panel = (1 - gap * (scalingAxes.length - 1)) / scalingAxes.length;

/** Four panels, one for what grows, on logarithmic axes: milliseconds of a training step of each model. */
export function scalingFigure({ machine, engine, rows }: ScalingReport): Figure {
  const { side, h, depth, batch } = scalingBase;
  const title = `Time of a training step, ${machine.threads} threads, engine ${engine}<br><sup>from ${side}x${side}x1, h = ${h}, ${depth} blocks or layers, batch ${batch}: one of them grows, the others stay</sup>`;
  const base = baseLayout('', 1300, 480);
  const times = rows.map(({ ours }) => Math.log10(ours));
  const range = [Math.min(...times) - 0.1, Math.max(...times) + 0.1];
  const panels = scalingAxes.map((axis, i) => ({ axis, suffix: i === 0 ? '' : String(i + 1), i }));
  return {
    data: panels.flatMap(({ axis, suffix }) =>
      models.flatMap((model, i) => {
        const points = pointsOf(rows, model, axis);
        if (points.length === 0) return [];
        const { color } = seriesStyle(i);
        return {
          type: 'scatter',
          mode: 'lines+markers',
          name: labels[model],
          legendgroup: model,
          showlegend: suffix === '',
          x: points.map((row) => row[axis]),
          y: points.map((row) => row.ours),
          xaxis: `x${suffix}`,
          yaxis: `y${suffix}`,
          line: { color, width: 2 },
          marker: { size: 6, color },
        };
      }),
    ),
    layout: {
      ...base,
      title: { ...(base.title as object), text: title },
      margin: { t: 120, b: 64, l: 80, r: 24 },
      showlegend: true,
      legend: { orientation: 'h', x: 1, xanchor: 'right', y: 1.04, yanchor: 'bottom' },
      ...Object.fromEntries(
        panels.flatMap(({ axis, suffix, i }) => {
          const left = i * (panel + gap);
          const ticks = [
            ...new Set(models.flatMap((model) => pointsOf(rows, model, axis).map((row) => row[axis]))),
          ];
          const x = {
            ...baseAxis(titles[axis]),
            type: 'log',
            domain: [left, left + panel],
            anchor: `y${suffix}`,
            tickvals: ticks,
            ticktext: ticks.map(String),
          };
          const y = {
            ...baseAxis(i === 0 ? 'ms a step' : ''),
            type: 'log',
            range,
            anchor: `x${suffix}`,
            tickvals: timeTicks,
            showticklabels: i === 0,
          };
          return [
            [`xaxis${suffix}`, x],
            [`yaxis${suffix}`, y],
          ];
        }),
      ),
    },
  };
}

/** The rows of a model that differ from the base on this axis alone, and the base, in rising order. */
function pointsOf(rows: readonly ScalingRow[], model: ScalingRow['model'], axis: ScalingAxis): ScalingRow[] {
  return rows
    .filter((row) => row.model === model && scalingAxes.every((a) => a === axis || row[a] === scalingBase[a]))
    .sort((a, b) => a[axis] - b[axis]);
}
