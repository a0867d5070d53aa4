import type { Output } from './receptiveField.js';

export interface ContextShape {
  height: number;
  width: number;
  colors: number;
}

/** Everything that the factorisation allows (section 2): earlier pixels whole, and earlier colours of the pixel itself. */
export function idealContext({ height, width, colors }: ContextShape, output: Output): Uint8Array {
  return Uint8Array.from({ length: height * width * colors }, (_, i) => {
    const pixel = Math.floor(i / colors);
    const [row, column, color] = [Math.floor(pixel / width), pixel % width, i % colors];
    if (row !== output.row) return row < output.row ? 1 : 0;
    return (column !== output.column ? column < output.column : color < output.color) ? 1 : 0;
  });
}
