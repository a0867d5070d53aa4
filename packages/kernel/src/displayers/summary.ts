import type { Displayer } from '@pixelrnn/cell';

/** Models that print their layers, as `summary(lineLength, positions, print)` of TensorFlow.js does. */
export const summary: Displayer = {
  name: 'summary',
  display(value) {
    if (typeof value !== 'object' || value === null) return undefined;
    const model = value as { layers?: unknown; summary?: unknown };
    if (!Array.isArray(model.layers) || typeof model.summary !== 'function') return undefined;
    const lines: string[] = [];
    model.summary.call(value, 100, undefined, (line: string) => lines.push(line));
    return lines.length > 0 ? { 'text/plain': lines.join('\n') } : undefined;
  },
};
