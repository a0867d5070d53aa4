import type { JsdomElement } from 'jsdom';

interface Point {
  x: number;
  y: number;
}

/** `getTotalLength` of a path of straight pieces (M and L, as Plotly's arrows are), which jsdom has not. */
export function totalLength(path: JsdomElement): number {
  const points = corners(path);
  return points.slice(1).reduce((sum, point, i) => sum + distance(points[i]!, point), 0);
}

/** `getPointAtLength` of a path of straight pieces. */
export function pointAtLength(path: JsdomElement, length: number): Point {
  const points = corners(path);
  let rest = Math.max(0, length);
  for (let i = 1; i < points.length; i++) {
    const [from, to] = [points[i - 1]!, points[i]!];
    const piece = distance(from, to);
    if (rest <= piece && piece > 0) {
      return { x: from.x + ((to.x - from.x) * rest) / piece, y: from.y + ((to.y - from.y) * rest) / piece };
    }
    rest -= piece;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

function corners(path: JsdomElement): Point[] {
  const d = path.getAttribute('d') ?? '';
  const pair = /[ML]?\s*(-?[\d.]+(?:e-?\d+)?)[\s,]+(-?[\d.]+(?:e-?\d+)?)/gi;
  return [...d.matchAll(pair)].map(([, x, y]) => ({ x: Number(x), y: Number(y) }));
}

function distance(a: Point, b: Point): number {
  return Math.hypot(b.x - a.x, b.y - a.y);
}
