import { runFolder, type SiteManifest } from '../../manifest.js';
import type { Weighing } from '../../worker/protocol.js';
import { RealDigits } from '../digits.js';
import { find, make, say, saying, whenNear } from '../dom.js';
import type { Engine } from '../engine.js';
import { type GreyImage, greyOf } from '../greyImage.js';
import { oneImage } from '../grid.js';
import { type ModelCard, modelCards } from '../modelChoice.js';
import { drawPicture, heatPaint, inkPaint } from '../pictures.js';
import { PixelCursor, placeName } from '../pixelCursor.js';
import { onThemeChange } from '../theme.js';
import type { Painted } from './finish.js';

const side = 28;
const grid = oneImage(side, side);
/** The brightest colour of the maps, bits. */
const mostBits = 6;

/** How unlikely the reader's own image is, pixel by pixel, and how small it becomes. */
export function startWeigh(manifest: SiteManifest, engine: Engine, painted: Painted): void {
  const canvas = find(document, '#weigh-canvas', HTMLCanvasElement);
  const drop = find(document, '#weigh-drop', HTMLElement);
  const input = find(document, '#weigh-file', HTMLInputElement);
  const threshold = find(document, '#weigh-threshold', HTMLInputElement);
  const thresholdShown = find(document, '#weigh-threshold-shown', HTMLOutputElement);
  const invert = find(document, '#weigh-invert', HTMLInputElement);
  const status = find(document, '#weigh-status', HTMLElement);
  const spoken = find(document, '#weigh-spoken', HTMLElement);
  const cut = find(document, '#weigh-cut', HTMLFieldSetElement);
  const readout = find(document, '#weigh-readout', HTMLElement);
  const digits = new RealDigits(manifest.digits, 20);
  const cards = modelCards(manifest, find(document, '#weigh-cards', HTMLElement), () => weigh());
  const weighings = new Map<ModelCard, Weighing>();
  let source: GreyImage | null = null;
  let image: Uint8Array | null = null;
  let running: AbortController | null = null;

  function paint(): void {
    const shown = image;
    if (shown)
      drawPicture(
        canvas,
        grid,
        inkPaint((i) => shown[i] as number),
      );
    for (const card of cards) show(card);
  }

  function show(card: ModelCard): void {
    const weighing = weighings.get(card);
    if (!weighing) return;
    const { nats, file, header } = weighing;
    const bits = nats.map((value) => value / Math.LN2);
    drawPicture(
      card.canvas,
      grid,
      heatPaint((i) => (bits[i] as number) / mostBits),
    );
    const total = nats.reduce((sum, value) => sum + value, 0);
    const inBits = total / Math.LN2;
    find(card.element, '[data-nats]', HTMLElement).textContent =
      `${total.toFixed(2)} nats, ${inBits.toFixed(1)} bits`;
    find(card.element, '[data-bits]', HTMLElement).textContent = `${(inBits / nats.length).toFixed(3)} bits`;
    const size = find(card.element, '[data-bytes]', HTMLElement);
    if (file)
      size.replaceChildren(`${file.length - header} bytes and a header of ${header}: `, download(file, card));
    else size.textContent = 'needs https, localhost or a file from disk';
    card.canvas.setAttribute(
      'aria-label',
      `Bits of each pixel under ${card.told()}: ${inBits.toFixed(1)} in all`,
    );
  }

  const binary = ({ values }: GreyImage) => {
    const least = (255 * Number(threshold.value)) / 100;
    return Uint8Array.from(values, (value) => Number((invert.checked ? 255 - value : value) >= least));
  };

  async function weigh(): Promise<void> {
    if (source) image = binary(source);
    const own = image;
    if (!own) return;
    running?.abort();
    running = new AbortController();
    const { signal } = running;
    paint();
    canvas.setAttribute(
      'aria-label',
      `The image, 28 by 28, ${own.reduce((sum, ink) => sum + ink, 0)} pixels of ink`,
    );
    await saying(status, async () => {
      say(status, 'Weighing.');
      const told: string[] = [];
      let asPng = 0;
      for (const card of cards) {
        const weighing = await engine.ask(
          card.model,
          { kind: 'weigh', image: own, classIndex: card.classIndex() },
          { signal },
        );
        weighings.set(card, weighing);
        show(card);
        const nats = weighing.nats.reduce((sum, value) => sum + value, 0);
        asPng = weighing.png.length;
        told.push(`${card.told()} ${nats.toFixed(2)} nats`);
      }
      say(status, `${told.join(', ')}. As a PNG of one bit a pixel it has ${asPng} bytes.`);
    });
  }

  function take(next: Uint8Array, label: string | null): void {
    source = null;
    cut.disabled = true;
    image = next;
    for (const card of cards) if (label !== null) card.chooseClass(label);
    weigh();
  }

  const open = (file: Blob | undefined) =>
    saying(status, async () => {
      if (!file) return;
      source = await greyOf(file, side);
      cut.disabled = false;
      // Drawings are dark on light: the paper is what there is more of.
      invert.checked = source.mean > 127;
      await weigh();
    });

  input.addEventListener('change', () => open(input.files?.[0]));
  for (const name of ['dragenter', 'dragover'] as const) {
    drop.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add('over');
    });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => {
    event.preventDefault();
    drop.classList.remove('over');
    open(event.dataTransfer?.files[0]);
  });
  threshold.addEventListener('input', () => {
    thresholdShown.textContent = `${threshold.value} %`;
  });
  threshold.addEventListener('change', () => weigh());
  invert.addEventListener('change', () => weigh());
  const takeReal = () =>
    saying(status, async () => {
      const { image, label } = await digits.take();
      take(image, label);
    });
  find(document, '#weigh-digit', HTMLButtonElement).addEventListener('click', takeReal);
  find(document, '#weigh-painted', HTMLButtonElement).addEventListener('click', () =>
    take(painted.image().slice(), painted.label()),
  );
  for (const card of cards) {
    new PixelCursor(card.canvas, {
      grid: () => grid,
      start: { image: 0, row: 0, column: 0 },
      onMove: (pixel, how) => {
        const nats = weighings.get(card)?.nats[pixel.row * side + pixel.column];
        if (nats === undefined) return;
        readout.textContent = `${card.told()}, ${placeName(pixel)}: ${(nats / Math.LN2).toFixed(2)} bits.`;
        if (how === 'keys') say(spoken, readout.textContent);
      },
    });
  }
  onThemeChange(paint);
  find(document, '#weigh-scale', HTMLElement).textContent = `0 to ${mostBits} or more bits a pixel`;
  addEventListener('load', () =>
    whenNear(find(document, '#weigh', HTMLElement), () => {
      if (!image) takeReal();
    }),
  );
}

function download(file: Uint8Array<ArrayBuffer>, { model }: ModelCard): HTMLAnchorElement {
  return make('a', {
    href: URL.createObjectURL(new Blob([file])),
    download: `image-${model.name.replaceAll('/', '-')}.pxr`,
    textContent: 'the file',
    title: `pnpm decompress ${runFolder(model)} gives the image back`,
  });
}
