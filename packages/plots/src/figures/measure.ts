import type { Resvg as ResvgClass } from '@resvg/resvg-js';
import type { JsdomElement } from 'jsdom';
import { resvgFont } from './fonts.js';

/** A rectangle, px, as `getBBox` and `getBoundingClientRect` give it. */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** DejaVu Sans above and below the baseline, em. */
const ascent = 0.928;
const descent = 0.236;
/** Plotly's distance between two lines, em. */
const lineHeight = 1.3;

/**
 * Stands in for the layout that jsdom has not: rectangles of SVG elements, the texts as wide as resvg will draw them.
 * Transforms of the element itself and of what is in it count, those of its ancestors do not.
 */
export function createMeasure(Resvg: typeof ResvgClass): (element: JsdomElement) => Rect {
  const font = resvgFont();
  const advances = new Map<string, number>();

  const inkWidth = (markup: string, style: string): number => {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="4000" height="400"><text x="100" y="200" style="${style}">${markup}</text></svg>`;
    return new Resvg(svg, { font }).getBBox()?.width ?? 0;
  };
  /** The advance width of a line, px: its spaces and side bearings count, so it is measured between two bars. */
  const advance = (markup: string, style: string): number => {
    const key = `${style}\n${markup}`;
    const known = advances.get(key);
    if (known !== undefined) return known;
    const width = markup === '' ? 0 : inkWidth(`|${markup}|`, style) - inkWidth('||', style);
    advances.set(key, width);
    return width;
  };

  const textRect = (text: JsdomElement): Rect => {
    const style = (text.getAttribute('style') ?? '').replace(/"/g, "'").replace(/white-space:[^;]*;?/g, '');
    const size = Number.parseFloat(/font-size:\s*([\d.]+)px/.exec(style)?.[1] ?? '12');
    const lines = [...text.querySelectorAll('tspan.line')];
    const widths = (lines.length > 0 ? lines : [text]).map((line) => advance(line.innerHTML, style));
    const width = Math.max(...widths);
    const anchor = text.getAttribute('text-anchor') ?? /text-anchor:\s*(\w+)/.exec(style)?.[1];
    const shift = anchor === 'middle' ? width / 2 : anchor === 'end' ? width : 0;
    const height = width === 0 ? 0 : (ascent + descent + (widths.length - 1) * lineHeight) * size;
    return rect(number(text, 'x') - shift, number(text, 'y') - ascent * size, width, height);
  };

  const measure = (element: JsdomElement): Rect => {
    const tag = element.tagName.toLowerCase();
    const own =
      tag === 'text'
        ? textRect(element)
        : tag === 'rect' || tag === 'image'
          ? rect(
              number(element, 'x'),
              number(element, 'y'),
              number(element, 'width'),
              number(element, 'height'),
            )
          : union([...element.children].map(measure).filter((child) => child.width > 0 || child.height > 0));
    return transformed(own, element.getAttribute('transform') ?? '');
  };
  return measure;
}

function number(element: JsdomElement, name: string): number {
  return Number.parseFloat(element.getAttribute(name) ?? '0') || 0;
}

function rect(x: number, y: number, width: number, height: number): Rect {
  return { x, y, width, height, left: x, top: y, right: x + width, bottom: y + height };
}

function union(rects: Rect[]): Rect {
  if (rects.length === 0) return rect(0, 0, 0, 0);
  const left = Math.min(...rects.map((r) => r.left));
  const top = Math.min(...rects.map((r) => r.top));
  const right = Math.max(...rects.map((r) => r.right));
  const bottom = Math.max(...rects.map((r) => r.bottom));
  return rect(left, top, right - left, bottom - top);
}

/** The rectangle around a rectangle moved by the `translate` and `rotate` steps of an SVG transform, last step first. */
function transformed(box: Rect, transform: string): Rect {
  const steps = [...transform.matchAll(/(translate|rotate)\(([^)]*)\)/g)].reverse();
  return steps.reduce((current, [, kind, list]) => {
    const [a = 0, b = 0, c = 0] = list!
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(Number);
    if (kind === 'translate') return rect(current.x + a, current.y + b, current.width, current.height);
    const [cos, sin] = [Math.cos((a * Math.PI) / 180), Math.sin((a * Math.PI) / 180)];
    const corners = [
      [current.left, current.top],
      [current.right, current.top],
      [current.left, current.bottom],
      [current.right, current.bottom],
    ].map(([x, y]) => [b + cos * (x! - b) - sin * (y! - c), c + sin * (x! - b) + cos * (y! - c)] as const);
    return union(corners.map(([x, y]) => rect(x, y, 0, 0)));
  }, box);
}
