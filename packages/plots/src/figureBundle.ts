import { type Figure, figureTitle } from './figures/figure.js';

/** What a kernel asks of the last value of a cell: Deno's protocol, which the workspace's kernel speaks too. */
const ownDisplay = Symbol.for('Jupyter.display');

/** A figure in the types that notebooks draw: Plotly's JSON, PNG, and one line of text. */
export async function figureBundle(figure: Figure): Promise<Record<string, unknown>> {
  const { renderPng } = await import('./render/renderPng.js');
  const png = await renderPng(figure);
  return {
    'application/vnd.plotly.v1+json': { data: figure.data, layout: figure.layout },
    'image/png': png.toString('base64'),
    'text/plain': `Figure: ${figureTitle(figure)}`,
  };
}

/** The figure, which now shows itself where it is the last value of a cell; it stays plain JSON otherwise. */
export function displayable(figure: Figure): Figure {
  return Object.defineProperty(figure, ownDisplay, { value: () => figureBundle(figure), configurable: true });
}
