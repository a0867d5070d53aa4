/** How images stand on a canvas. */
export interface Grid {
  count: number;
  height: number;
  width: number;
  columns: number;
  /** Pixels of the canvas between two images. */
  gap: number;
}

export const oneImage = (height: number, width: number): Grid => ({
  count: 1,
  height,
  width,
  columns: 1,
  gap: 0,
});

/** The image and pixel at a place of the canvas, in shares of its sides; null in a gap. */
export function pixelAt(
  grid: Grid,
  x: number,
  y: number,
): { image: number; row: number; column: number } | null {
  const { count, height, width, columns, gap } = grid;
  const rows = Math.ceil(count / columns);
  const across = Math.floor(x * (columns * (width + gap) - gap));
  const down = Math.floor(y * (rows * (height + gap) - gap));
  const [imageColumn, column] = [Math.floor(across / (width + gap)), across % (width + gap)];
  const [imageRow, row] = [Math.floor(down / (height + gap)), down % (height + gap)];
  const image = imageRow * columns + imageColumn;
  const inside = x >= 0 && y >= 0 && column < width && row < height && imageColumn < columns;
  return inside && image < count ? { image, row, column } : null;
}

/** A pixel's place on the canvas, in shares of its sides. */
export function boxOf(grid: Grid, pixel: { image: number; row: number; column: number }) {
  const { count, height, width, columns, gap } = grid;
  const across = columns * (width + gap) - gap;
  const down = Math.ceil(count / columns) * (height + gap) - gap;
  const left = (pixel.image % columns) * (width + gap) + pixel.column;
  const top = Math.floor(pixel.image / columns) * (height + gap) + pixel.row;
  return { left: left / across, top: top / down, width: 1 / across, height: 1 / down };
}
