/** Colours between which values are drawn, at places from 0 (lowest) to 1 (highest), rising. */
export type ColorScale = [place: number, color: string][];

const evenly = (colors: string[]): ColorScale =>
  colors.map((color, index) => [index / (colors.length - 1), color]);

/** Dark blue to yellow, its lightness rising evenly also for colour-blind readers: cividis (Nunez et al. 2018). */
export const sequentialScale = evenly([
  '#00204c',
  '#00346e',
  '#273f6c',
  '#4c556b',
  '#686a70',
  '#838178',
  '#a19876',
  '#c0b16d',
  '#e1cc5c',
  '#ffe945',
]);

/** Blue below the middle, red above, a light grey in it: RdBu of ColorBrewer (Brewer 2003), which colour-blind readers tell apart. */
export const divergingScale = evenly([
  '#053061',
  '#2166ac',
  '#4393c3',
  '#92c5de',
  '#d1e5f0',
  '#f7f7f7',
  '#fddbc7',
  '#f4a582',
  '#d6604d',
  '#b2182b',
  '#67001f',
]);

/** The colour at a place of a scale, linear in RGB between its stops as Plotly has it; places outside have the colour of the end. */
export function colorAt(scale: ColorScale, place: number): string {
  const upper = scale.findIndex(([stop]) => place <= stop);
  if (upper <= 0) return scale.at(upper)![1]; // below the first stop, or (-1) above the last
  const [[low, from], [high, to]] = [scale[upper - 1]!, scale[upper]!];
  const share = (place - low) / (high - low);
  const [start, end] = [channels(from), channels(to)];
  return `#${start
    .map((value, i) => Math.round(value + share * (end[i]! - value)))
    .map((value) => value.toString(16).padStart(2, '0'))
    .join('')}`;
}

/** Red, green and blue of `#rrggbb`, 0 to 255. */
export function channels(color: string): [number, number, number] {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
