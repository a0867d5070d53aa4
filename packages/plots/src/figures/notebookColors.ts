import type { Figure, Json } from './figure.js';
import { gridColor, ink, muted, palette } from './theme.js';

/** Equally far from white and from JupyterLab's dark background: contrast 4.3 and 4.4 (WCAG 2.2, 1.4.3). */
export const neutral = '#7a7a7a';
const transparent = 'rgba(0, 0, 0, 0)';

const replacements: Record<string, string> = {
  '#ffffff': transparent,
  [ink]: neutral,
  [muted]: neutral,
  [palette.at(-1)!]: neutral, // black
  [gridColor]: 'rgba(128, 128, 128, 0.25)',
};

/** The figure in colours for a light and for a dark page: transparent instead of white, a middle grey instead of dark ones. */
export function notebookColors({ data, layout }: Figure): Figure {
  return { data: replaced(data, '') as Figure['data'], layout: replaced(layout, '') as Figure['layout'] };
}

/** Only values of keys that name a colour; scales of colours stay. A pale colour stays as pale. */
function replaced(value: Json, key: string): Json {
  if (typeof value === 'string') {
    if (!/color$/.test(key)) return value;
    const [color, alpha] = [value.slice(0, 7).toLowerCase(), value.slice(7)];
    const replacement = replacements[color];
    return replacement === undefined ? value : `${replacement}${alpha}`;
  }
  if (Array.isArray(value)) return value.map((entry) => replaced(entry, key));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, replaced(entry, name)]));
}
