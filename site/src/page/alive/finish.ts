import type { SiteManifest } from '../../manifest.js';
import { RealDigits } from '../digits.js';
import { find, say, saying, whenNear } from '../dom.js';
import type { Engine } from '../engine.js';
import { type Grid, oneImage } from '../grid.js';
import { modelCards, SeedField } from '../modelChoice.js';
import { drawPicture } from '../pictures.js';
import { type Pixel, PixelCursor, placeName } from '../pixelCursor.js';
import { onThemeChange, themeChannels, themeColor } from '../theme.js';

const side = 28;
const half = side / 2;
const cell = 10;
const each = 4;
/** As `pnpm complete` has it where the lower half is missing. */
const known = Uint8Array.from({ length: side * side }, (_, i) => (i < half * side ? 1 : 0));
const grid: Grid = { count: each, height: side, width: side, columns: each, gap: 2 };
/** Milliseconds without a change after which models begin. */
const patience = 250;

/** Where a stroke may be read by others: the painted image, whole with what the first model made of it. */
export interface Painted {
  image(): Uint8Array;
  /** The class that models were told; null where none was. */
  label(): string | null;
}

const brushes: Record<string, { ink: 0 | 1; places: readonly (readonly [number, number])[] }> = {
  pen: {
    ink: 1,
    places: [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ],
  },
  fine: { ink: 1, places: [[0, 0]] },
  eraser: {
    ink: 0,
    places: [
      [-1, -1],
      [-1, 0],
      [-1, 1],
      [0, -1],
      [0, 0],
      [0, 1],
      [1, -1],
      [1, 0],
      [1, 1],
    ],
  },
};

/** The reader paints the upper half of a digit, the models finish it side by side. */
export function startFinish(manifest: SiteManifest, engine: Engine): Painted {
  const canvas = find(document, '#finish-canvas', HTMLCanvasElement);
  const place = find(document, '#finish-cursor', HTMLElement);
  const tool = find(document, '#finish-tool', HTMLSelectElement);
  const spoken = find(document, '#finish-spoken', HTMLElement);
  const status = find(document, '#finish-status', HTMLElement);
  const form = find(document, '#finish-form', HTMLFormElement);
  const image = new Uint8Array(side * side);
  let whole = image.slice();
  let timer = 0;
  let running: AbortController | null = null;
  const results = new Map<string, Uint8Array>();
  const digits = new RealDigits(manifest.digits, 6);
  const cards = modelCards(manifest, find(document, '#finish-cards', HTMLElement), () => finish());
  const seed = new SeedField('finish', () => finish());
  const cursor = new PixelCursor(canvas, {
    grid: () => oneImage(side, side),
    start: { image: 0, row: 4, column: 9 },
    onMove: (pixel, how) => {
      tell(pixel, how === 'keys');
      paint();
    },
    onPress: (pixel, how) => {
      const { ink, places } = brushes[tool.value] as (typeof brushes)[string];
      if (how === 'keys')
        set(pixel, places.length === 9 ? 0 : image[pixel.row * side + pixel.column] ? 0 : 1);
      else
        for (const [row, column] of places) set({ row: pixel.row + row, column: pixel.column + column }, ink);
      tell(pixel, how === 'keys');
      paint();
    },
    onRelease: () => later(),
  });

  function tell(pixel: Pixel, aloud: boolean): void {
    const what = image[pixel.row * side + pixel.column] ? 'ink' : 'blank';
    const text = `${placeName(pixel)}${pixel.row < half ? `: ${what}` : ', below your half'}`;
    place.textContent = text;
    if (aloud) say(spoken, text);
  }

  function set({ row, column }: { row: number; column: number }, ink: 0 | 1): void {
    if (row >= 0 && row < half && column >= 0 && column < side) image[row * side + column] = ink;
  }

  function paint(): void {
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = themeColor('blank');
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = themeColor('ink');
    for (const [i, ink] of image.entries()) {
      if (ink) context.fillRect((i % side) * cell, Math.floor(i / side) * cell, cell, cell);
    }
    context.fillStyle = themeColor('veil');
    context.fillRect(0, half * cell, canvas.width, half * cell);
    context.strokeStyle = themeColor('rule');
    context.lineWidth = 1;
    for (let i = 0; i <= half; i++) line(context, 0, i * cell, canvas.width, i * cell);
    for (let i = 0; i <= side; i++) line(context, i * cell, 0, i * cell, half * cell);
    if (document.activeElement === canvas) {
      const { row, column } = cursor.pixel;
      context.strokeStyle = themeColor('mark');
      context.lineWidth = 3;
      context.strokeRect(column * cell + 1, row * cell + 1, cell - 2, cell - 2);
    }
  }

  function later(): void {
    clearTimeout(timer);
    timer = window.setTimeout(() => finish(), patience);
  }

  async function finish(): Promise<void> {
    clearTimeout(timer);
    running?.abort();
    const own = new AbortController();
    running = own;
    await saying(status, async () => {
      say(status, 'The models finish it.');
      const given = { known, image: image.slice() };
      const pace = { pixels: 2 * side, milliseconds: 0 };
      for (const card of cards) {
        const question = {
          kind: 'draw',
          seed: seed.value(),
          count: each,
          temperature: 1,
          pace,
          given,
        } as const;
        const { intensities } = await engine.ask(
          card.model,
          { ...question, classIndex: card.classIndex() },
          { signal: own.signal },
        );
        results.set(card.model.name, intensities);
        if (card === cards[0]) whole = intensities.slice(0, side * side);
        show(card.model.name);
        card.canvas.setAttribute('aria-label', `Your upper half, finished ${each} times by ${card.told()}`);
      }
      say(status, `Finished ${each} times by each of ${cards.length} models, seed ${seed.value()}.`);
    });
  }

  /** What was given in ink, what was drawn in the models' colour. */
  function show(name: string): void {
    const card = cards.find(({ model }) => model.name === name);
    const intensities = results.get(name);
    if (!card || !intensities) return;
    const [blank, ink, drawn] = [themeChannels('blank'), themeChannels('ink'), themeChannels('accent')];
    drawPicture(card.canvas, grid, (i) =>
      intensities[i] ? (i % (side * side) < half * side ? ink : drawn) : blank,
    );
  }

  function take(upper: Uint8Array): void {
    image.fill(0);
    image.set(upper.subarray(0, half * side));
    paint();
    finish();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    finish();
  });
  find(document, '#finish-clear', HTMLButtonElement).addEventListener('click', () =>
    take(new Uint8Array(half * side)),
  );
  const takeReal = () =>
    saying(status, async () => {
      const { image, label } = await digits.take();
      for (const card of cards) card.chooseClass(label);
      take(image);
    });
  find(document, '#finish-digit', HTMLButtonElement).addEventListener('click', takeReal);
  for (const name of ['focus', 'blur'] as const) canvas.addEventListener(name, paint);
  onThemeChange(() => {
    paint();
    for (const name of results.keys()) show(name);
  });
  paint();
  addEventListener('load', () =>
    whenNear(find(document, '#finish', HTMLElement), () => {
      if (!image.includes(1)) takeReal();
    }),
  );
  return {
    image: () => whole,
    label: () => {
      const told = cards.find(({ model }) => model.classes !== null);
      return told?.model.classes?.[told.classIndex() ?? 0] ?? null;
    },
  };
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
