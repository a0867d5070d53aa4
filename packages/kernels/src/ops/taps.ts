import { fail } from './checks.js';

/** Position of a kernel entry: row and column inside the kernel window. */
export interface Tap {
  row: number;
  column: number;
}

/**
 * The kernel positions of a mask at which any weight is live, in reading order.
 *
 * @param mask values of a mask [kh, kw, cin, cout] in row-major order
 * @param shape [kh, kw, cin, cout]
 */
export function liveTaps(mask: ArrayLike<number>, shape: readonly [number, number, number, number]): Tap[] {
  const [height, width, cin, cout] = shape;
  const size = cin * cout;
  const taps: Tap[] = [];
  for (let position = 0; position < height * width; position++) {
    for (let i = position * size; i < (position + 1) * size; i++) {
      if (mask[i] !== 0) {
        taps.push({ row: Math.floor(position / width), column: position % width });
        break;
      }
    }
  }
  return taps;
}

/** @throws Error where taps are missing, lie outside the kernel [kh, kw, ...] or come twice */
export function checkTaps(operation: string, kernelShape: readonly number[], taps: readonly Tap[]): void {
  if (taps.length === 0) fail(operation, 'at least one live tap is needed, the mask has none');
  const [kh, kw] = kernelShape as [number, number];
  const seen = new Set<number>();
  for (const { row, column } of taps) {
    const whole = Number.isInteger(row) && Number.isInteger(column);
    if (!whole || row < 0 || row >= kh || column < 0 || column >= kw) {
      fail(operation, `tap (${row}, ${column}) lies outside the ${kh} x ${kw} kernel`);
    }
    if (seen.has(row * kw + column)) fail(operation, `tap (${row}, ${column}) is given twice`);
    seen.add(row * kw + column);
  }
}
