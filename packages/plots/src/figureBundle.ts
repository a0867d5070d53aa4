import { ownDisplaySymbol } from '@pixelrnn/cell';
import { type Figure, figureDescription } from './figures/figure.js';
import { notebookColors } from './figures/notebookColors.js';

/**
 * A figure in the types that notebooks draw, in colours for light and dark themes: Plotly's JSON, SVG in the figure's own size, and
 * words. There is no PNG: JupyterLab would show it first, twice as wide, until the mouse enters.
 */
export async function figureBundle(figure: Figure): Promise<Record<string, unknown>> {
  const { renderSvg } = await import('./render/renderSvg.js');
  const { data, layout } = notebookColors(figure);
  const description = `Figure: ${figureDescription(figure)}`;
  const svg = await renderSvg({ data, layout });
  return {
    'application/vnd.plotly.v1+json': { data, layout },
    'image/svg+xml': svg.replace(/^<svg /, `<svg role="img" aria-label="${escapeAttribute(description)}" `),
    'text/plain': description,
  };
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/** The figure, which now shows itself where it is the last value of a cell; it stays plain JSON otherwise. */
export function displayable(figure: Figure): Figure {
  return Object.defineProperty(figure, ownDisplaySymbol, {
    value: () => figureBundle(figure),
    configurable: true,
  });
}
