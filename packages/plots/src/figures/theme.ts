import type { JsonObject, Metric } from './figure.js';

/** DejaVu Sans is what the pictures are drawn with; Verdana and Bitstream Vera are as wide. */
const fontFamily = 'DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif';
const fontSize = 14;
export const ink = '#222222';
export const muted = '#6b6b6b';
export const gridColor = '#e6e6e6';

/** Colours that stay apart for colour-blind readers: Okabe and Ito (2008), without the yellow, too pale for lines. */
export const palette = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const;

const dashes = ['solid', 'dash', 'dot', 'dashdot'] as const;

/** Colour and dash of the n-th series: colours first, then the same colours dashed. */
export function seriesStyle(index: number): { color: string; dash: string } {
  return {
    color: palette[index % palette.length]!,
    dash: dashes[Math.floor(index / palette.length) % dashes.length]!,
  };
}

/** A colour as it is behind others: of the colour itself, not of a trace, whose opacity resvg cuts off. */
export function pale(color: string): string {
  return `${color}73`;
}

/** What an axis of this metric is called. */
export function metricTitle(metric: Metric): string {
  return metric === 'nats'
    ? 'negative log-likelihood (nats per image)'
    : 'negative log-likelihood (bits/dim)';
}

/** A metric's unit and decimals, as hover labels and descriptions give its numbers. */
export const metricUnit = { nats: 'nats per image', 'bits/dim': 'bits/dim' } as const;
export const metricDecimals = { nats: 2, 'bits/dim': 3 } as const;

/** About how wide a text is, px: DejaVu Sans averages 0.53 em a character. */
export function estimatedWidth(text: string, size: number = fontSize): number {
  return Math.ceil([...text].length * size * 0.57);
}

/** Texts of a figure are Plotly's small HTML: what comes from outside is escaped. */
export function escapeText(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** The layout that every figure starts from. `width` and `height` in px. */
export function baseLayout(title: string, width: number, height: number): JsonObject {
  return {
    title: {
      text: escapeText(title),
      x: 0,
      xref: 'container',
      xanchor: 'left',
      pad: { l: 16 },
      font: { size: 18 },
    },
    font: { family: fontFamily, size: fontSize, color: ink },
    width,
    height,
    paper_bgcolor: '#ffffff',
    plot_bgcolor: '#ffffff',
    showlegend: false,
    hoverlabel: { font: { family: fontFamily }, namelength: -1, align: 'left' },
  };
}

/** An axis with a thin grid and its title. */
export function baseAxis(title: string): JsonObject {
  return {
    title: { text: escapeText(title), standoff: 12, font: { size: 15 } },
    gridcolor: gridColor,
    zeroline: false,
    linecolor: muted,
    showline: true,
    ticks: 'outside',
    tickcolor: muted,
    ticklen: 5,
  };
}
