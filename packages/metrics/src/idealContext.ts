import { type ContextShape, type Output, requireInside } from './requireInside.js';

/**
 * Everything that the factorisation allows (section 2): earlier pixels whole, and earlier colours of the pixel itself.
 *
 * @returns 1 or 0 for every input, [H, W, C]
 * @throws Error if the output lies outside the images
 */
export function idealContext(shape: ContextShape, output: Output): Uint8Array {
  requireInside('idealContext', shape, output);
  const { height, width, colors } = shape;
  return Uint8Array.from({ length: height * width * colors }, (_, i) => {
    const pixel = Math.floor(i / colors);
    const [row, column, color] = [Math.floor(pixel / width), pixel % width, i % colors];
    if (row !== output.row) return row < output.row ? 1 : 0;
    return (column !== output.column ? column < output.column : color < output.color) ? 1 : 0;
  });
}
