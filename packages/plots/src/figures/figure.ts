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
