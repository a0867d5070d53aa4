/** One colour of one pixel, counted from 0. */
export interface Output {
  row: number;
  column: number;
  color: number;
}

/** Sizes of an image. */
export interface ContextShape {
  height: number;
  width: number;
  colors: number;
}

/** @throws Error naming `what` if an output lies outside the images */
export function requireInside(
  what: string,
  { height, width, colors }: ContextShape,
  { row, column, color }: Output,
): void {
  const inside = (index: number, size: number) => Number.isInteger(index) && index >= 0 && index < size;
  if (inside(row, height) && inside(column, width) && inside(color, colors)) return;
  throw new Error(
    `${what}: row ${row}, column ${column}, colour ${color} lies outside images of ${height} x ${width} x ${colors}`,
  );
}
