import { colorAt, sequentialScale } from '@pixelrnn/plots/colorScales';
import type { Grid } from './grid.js';
import { themeChannels } from './theme.js';

type Color = readonly [number, number, number];

/** What a cell of a picture is drawn in. */
export type Paint = (index: number) => Color;

const mixed = (from: Color, to: Color, share: number): Color => [
  from[0] + share * (to[0] - from[0]),
  from[1] + share * (to[1] - from[1]),
  from[2] + share * (to[2] - from[2]),
];

/** From the blank of the page to its ink, for shares of 0 to 1. */
export function inkPaint(share: (index: number) => number): Paint {
  const [blank, ink] = [themeChannels('blank'), themeChannels('ink')];
  return (index) => mixed(blank, ink, share(index));
}

/** Cividis, for shares of 0 to 1: dark blue to yellow. */
export function heatPaint(share: (index: number) => number): Paint {
  const colors = Array.from({ length: 256 }, (_, i) => channelsOf(colorAt(sequentialScale, i / 255)));
  return (index) => colors[Math.round(255 * Math.min(1, Math.max(0, share(index))))] as Color;
}

function channelsOf(color: string): Color {
  const value = Number.parseInt(color.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** Images of any levels and colours: two levels in the colours of the page, others as they are. */
export function imagePaint(
  intensities: ArrayLike<number>,
  { colors, levels }: { colors: number; levels: number },
): Paint {
  if (levels === 2 && colors === 1) return inkPaint((index) => intensities[index] as number);
  const value = (index: number, color: number) =>
    (255 * (intensities[index * colors + Math.min(color, colors - 1)] as number)) / (levels - 1);
  return (index) => [value(index, 0), value(index, 1), value(index, 2)];
}

/** Draws images on a canvas, a canvas pixel each pixel; `paint` is asked for [count, height, width]. */
export function drawPicture(canvas: HTMLCanvasElement, grid: Grid, paint: Paint): void {
  const { count, height, width, columns, gap } = grid;
  const rows = Math.ceil(count / columns);
  const [wide, high] = [columns * (width + gap) - gap, rows * (height + gap) - gap];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
  }
  const context = canvas.getContext('2d') as CanvasRenderingContext2D;
  const picture = context.createImageData(wide, high);
  for (let image = 0; image < count; image++) {
    const left = (image % columns) * (width + gap);
    const top = Math.floor(image / columns) * (height + gap);
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const [red, green, blue] = paint((image * height + row) * width + column);
        const at = 4 * ((top + row) * wide + left + column);
        picture.data.set([red, green, blue, 255], at);
      }
    }
  }
  context.putImageData(picture, 0, 0);
}
