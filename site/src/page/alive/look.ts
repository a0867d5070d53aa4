import type { SiteManifest } from '../../manifest.js';
import { RealDigits } from '../digits.js';
import { find, say, saying, whenNear } from '../dom.js';
import type { Engine } from '../engine.js';
import { oneImage } from '../grid.js';
import { type ModelCard, modelCards } from '../modelChoice.js';
import { drawPicture } from '../pictures.js';
import { type Pixel, PixelCursor, placeName } from '../pixelCursor.js';
import { onThemeChange, themeChannels, themeColor } from '../theme.js';

const side = 28;
const cell = 10;
const grid = oneImage(side, side);

interface Seen {
  context: Uint8Array | null;
  /** [28, 28, 2] for the digit shown. */
  probabilities: Float32Array | null;
}

/** What each model can know of a pixel that the reader chooses, and what it predicts there. */
export function startLook(manifest: SiteManifest, engine: Engine): void {
  const canvas = find(document, '#look-canvas', HTMLCanvasElement);
  const place = find(document, '#look-cursor', HTMLElement);
  const status = find(document, '#look-status', HTMLElement);
  const digits = new RealDigits(manifest.digits, 0);
  const cards = modelCards(manifest, find(document, '#look-cards', HTMLElement), () => {
    forgetPredictions();
    look();
  });
  const seen = new Map(
    cards.map((card): [ModelCard, Seen] => [card, { context: null, probabilities: null }]),
  );
  let image = new Uint8Array(side * side);
  let running: AbortController | null = null;
  const cursor = new PixelCursor(canvas, {
    grid: () => grid,
    start: { image: 0, row: 14, column: 14 },
    onMove: (pixel, how) => {
      if (how === 'keys') choose(pixel);
    },
    onPress: (pixel) => choose(pixel),
  });
  let pixel: Pixel = cursor.pixel;

  const index = () => pixel.row * side + pixel.column;

  function paint(): void {
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.fillStyle = themeColor('blank');
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const [i, ink] of image.entries()) {
      // What comes after the pixel is not known to anyone yet.
      context.fillStyle = themeColor(i < index() ? 'ink' : 'faint');
      if (ink) context.fillRect((i % side) * cell, Math.floor(i / side) * cell, cell, cell);
    }
    context.strokeStyle = themeColor('mark');
    context.lineWidth = 3;
    context.strokeRect(pixel.column * cell - 0.5, pixel.row * cell - 0.5, cell + 1, cell + 1);
    for (const card of cards) show(card);
  }

  function show(card: ModelCard): void {
    const { context, probabilities } = seen.get(card) as Seen;
    if (context) {
      const [blank, ink, field] = [themeChannels('blank'), themeChannels('ink'), themeChannels('field')];
      const [faint, mark] = [themeChannels('faint'), themeChannels('mark')];
      drawPicture(card.canvas, grid, (i) => {
        if (i === index()) return mark;
        if (context[i]) return image[i] ? ink : field;
        return image[i] ? faint : blank;
      });
      const inputs = context.reduce((sum, one) => sum + one, 0);
      find(card.element, '.count', HTMLElement).textContent =
        `can read ${inputs} of ${index()} earlier pixels`;
      card.canvas.setAttribute(
        'aria-label',
        `Receptive field of ${card.told()} at ${placeName(pixel)}: ${inputs} of ${index()} earlier pixels`,
      );
    }
    const rows = card.element.querySelectorAll('tr');
    for (const [value, row] of rows.entries()) {
      const chance = probabilities?.[2 * index() + value];
      row.classList.toggle('is', image[index()] === value);
      if (chance === undefined) continue;
      find(row, '.bar', HTMLElement).style.inlineSize = `${100 * chance}%`;
      find(row, '.value', HTMLElement).textContent = `${(100 * chance).toFixed(1)} %`;
    }
  }

  function choose(next: Pixel): void {
    pixel = next;
    place.textContent = `${placeName(pixel)}: ${image[index()] ? 'ink' : 'blank'}`;
    paint();
    look();
  }

  async function look(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    const { signal } = own;
    const { row, column } = pixel;
    await saying(status, async () => {
      for (const card of cards) {
        const known = seen.get(card) as Seen;
        known.context = await engine.ask(card.model, { kind: 'context', row, column }, { signal });
        known.probabilities ??= await engine.ask(
          card.model,
          { kind: 'probabilities', image, classIndex: card.classIndex() },
          { signal },
        );
        show(card);
      }
      const told = cards.map((card) => {
        const chance = (seen.get(card) as Seen).probabilities?.[2 * index() + 1] ?? 0;
        return `${card.told()} ${(100 * chance).toFixed(1)} % ink`;
      });
      say(status, `At ${placeName(pixel)}: ${told.join(', ')}.`);
    });
  }

  /** Near the middle, where the first model is least certain: a first pixel with something to tell. */
  async function interesting(): Promise<Pixel> {
    const [card] = cards;
    if (!card) return pixel;
    const question = { kind: 'probabilities', image, classIndex: card.classIndex() } as const;
    const chances = await engine.ask(card.model, question);
    let [best, least] = [index(), 1];
    for (let i = 10 * side; i < 19 * side; i++) {
      const doubt = Math.abs((chances[2 * i + 1] as number) - 0.5);
      if (doubt < least) [best, least] = [i, doubt];
    }
    return { image: 0, row: Math.floor(best / side), column: best % side };
  }

  function forgetPredictions(): void {
    for (const known of seen.values()) known.probabilities = null;
  }

  async function takeReal(): Promise<void> {
    const digit = await digits.take();
    image = new Uint8Array(digit.image);
    for (const card of cards) card.chooseClass(digit.label);
    forgetPredictions();
  }

  const another = () =>
    saying(status, async () => {
      await takeReal();
      choose(pixel);
    });
  const first = () =>
    saying(status, async () => {
      await takeReal();
      cursor.pixel = await interesting();
      choose(cursor.pixel);
    });
  find(document, '#look-digit', HTMLButtonElement).addEventListener('click', another);
  onThemeChange(paint);
  paint();
  addEventListener('load', () => whenNear(find(document, '#look', HTMLElement), first));
}
