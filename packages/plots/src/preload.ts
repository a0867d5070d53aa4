import { inNotebook } from './notebook.js';

/**
 * In a notebook jsdom and plotly.js (seconds of loading) are loaded once the importing cell gives way, so that the first figure
 * does not wait for them; elsewhere nothing is loaded before it is needed.
 */
export function preloadInNotebook(): void {
  if (!inNotebook()) return;
  setImmediate(async () => {
    const { prepareDrawing } = await import('./render/renderSvg.js');
    prepareDrawing();
  });
}
