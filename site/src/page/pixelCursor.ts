import { boxOf, type Grid, pixelAt } from './grid.js';

export interface Pixel {
  image: number;
  row: number;
  column: number;
}

export interface CursorOptions {
  grid: () => Grid;
  /** Where the keys begin. */
  start: Pixel;
  /** A pixel is pointed at, or moved to by the arrow keys. */
  onMove: (pixel: Pixel, how: 'pointer' | 'keys') => void;
  /** A button is pressed on a pixel, or the pointer moves over it with the button down, or Space or Enter is typed there. */
  onPress?: (pixel: Pixel, how: 'down' | 'over' | 'keys') => void;
  /** The button is let go. */
  onRelease?: () => void;
}

const steps: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

/**
 * A place on a canvas of images, moved by mouse, pen, finger and arrow keys alike. An element `.mark` after the canvas is laid
 * over the pixel.
 */
export class PixelCursor {
  pixel: Pixel;
  private pressed = false;
  private readonly mark: HTMLElement | null;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly options: CursorOptions,
  ) {
    this.pixel = options.start;
    this.mark = canvas.parentElement?.querySelector<HTMLElement>('.mark') ?? null;
    canvas.addEventListener('focus', () => this.showMark());
    canvas.addEventListener('pointermove', (event) => this.pointed(event));
    canvas.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const pixel = this.under(event);
      if (pixel) this.move(pixel, 'pointer');
      if (!options.onPress) return;
      this.pressed = true;
      canvas.setPointerCapture(event.pointerId);
      if (pixel) options.onPress(pixel, 'down');
    });
    for (const name of ['pointerup', 'pointercancel'] as const) {
      canvas.addEventListener(name, () => {
        if (this.pressed) options.onRelease?.();
        this.pressed = false;
      });
    }
    canvas.addEventListener('keydown', (event) => this.typed(event));
  }

  /** Goes back to where the keys begin. */
  reset(): void {
    this.pixel = this.options.start;
    this.showMark();
  }

  private pointed(event: PointerEvent): void {
    // A fast stroke has more places than events.
    for (const part of this.pressed ? event.getCoalescedEvents() : [event]) {
      const pixel = this.under(part);
      if (!pixel) continue;
      this.move(pixel, 'pointer');
      if (this.pressed) this.options.onPress?.(pixel, 'over');
    }
  }

  private typed(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = steps[event.key];
    if (step) {
      event.preventDefault();
      this.move(this.beside(step), 'keys');
    } else if ((event.key === ' ' || event.key === 'Enter') && this.options.onPress) {
      event.preventDefault();
      this.options.onPress(this.pixel, 'keys');
      this.options.onRelease?.();
    }
  }

  private move(pixel: Pixel, how: 'pointer' | 'keys'): void {
    this.pixel = pixel;
    this.showMark();
    this.options.onMove(pixel, how);
  }

  private showMark(): void {
    if (!this.mark) return;
    for (const [side, share] of Object.entries(boxOf(this.options.grid(), this.pixel)))
      this.mark.style.setProperty(side, `${100 * share}%`);
  }

  /** The pixel a step away; over an image's edge comes the next image. */
  private beside([rows, columns]: readonly [number, number]): Pixel {
    const { height, width, columns: across, count } = this.options.grid();
    const down = Math.ceil(count / across);
    const { image, row, column } = this.pixel;
    const wholeRow = Math.floor(image / across) * height + row + rows;
    const wholeColumn = (image % across) * width + column + columns;
    if (wholeRow < 0 || wholeRow >= down * height || wholeColumn < 0 || wholeColumn >= across * width)
      return this.pixel;
    const next = Math.floor(wholeRow / height) * across + Math.floor(wholeColumn / width);
    return next < count ? { image: next, row: wholeRow % height, column: wholeColumn % width } : this.pixel;
  }

  private under(event: PointerEvent): Pixel | null {
    const box = this.canvas.getBoundingClientRect();
    const [left, top] = [box.left + this.canvas.clientLeft, box.top + this.canvas.clientTop];
    const x = (event.clientX - left) / this.canvas.clientWidth;
    const y = (event.clientY - top) / this.canvas.clientHeight;
    return pixelAt(this.options.grid(), x, y);
  }
}

/** `row 3, column 5`, counted from 1 as people do. */
export const placeName = ({ row, column }: Pixel): string => `row ${row + 1}, column ${column + 1}`;
