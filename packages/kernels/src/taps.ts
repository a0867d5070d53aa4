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
