/** A value that JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** An object that JSON can hold. */
export interface JsonObject {
  [key: string]: Json;
}

/** A figure as plain Plotly JSON: what is drawn (`data`) and how it is laid out (`layout`). */
export interface Figure {
  data: JsonObject[];
  layout: JsonObject;
}

/** The unit of a likelihood: nats per image (binarized MNIST), or bits per pixel and colour. */
export type Metric = 'nats' | 'bits/dim';

/** Thrown for input that cannot be drawn or for a place where it cannot be shown. */
export class PlotError extends Error {
  override name = 'PlotError';
}

/** The title of a figure, as plain text; empty where it has none. */
export function figureTitle(figure: Figure): string {
  const title = figure.layout.title;
  const text = typeof title === 'object' && title !== null && !Array.isArray(title) ? title.text : title;
  return typeof text === 'string' ? text.replace(/<br\s*\/?>/g, ' ').replace(/<[^>]*>/g, '') : '';
}

/** A text of Plotly's small HTML as it reads. */
function plainText(text: string): string {
  return text
    .replace(/<br\s*\/?>/g, ' ')
    .replace(/<[^>]*>/g, '')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
}

/** A figure in words, for those who do not see it: its title, and what `layout.meta.description` says, else its traces. */
export function figureDescription(figure: Figure): string {
  const { meta } = figure.layout;
  const told =
    typeof meta === 'object' && meta !== null && !Array.isArray(meta) ? meta.description : undefined;
  const names = figure.data.flatMap(({ name }) => (typeof name === 'string' ? [plainText(name)] : []));
  const description = typeof told === 'string' ? told : [...new Set(names)].join('; ');
  return [plainText(figureTitle(figure)), description].filter(Boolean).join('. ');
}
