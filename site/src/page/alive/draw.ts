import type { SiteManifest, SiteModel } from '../../manifest.js';
import type { Drawing } from '../../worker/protocol.js';
import { find, make, say, saying, whenNear } from '../dom.js';
import type { Engine } from '../engine.js';
import type { Grid } from '../grid.js';
import { modelNamed, SeedField } from '../modelChoice.js';
import { drawPicture, imagePaint, inkPaint } from '../pictures.js';
import { type Pixel, PixelCursor, placeName } from '../pixelCursor.js';
import { onThemeChange } from '../theme.js';

const count = 16;
const columns = 4;
const gap = 2;

/** Drawing digits: what was drawn, and beside it how probable that was before chance decided. */
export function startDraw(manifest: SiteManifest, engine: Engine): void {
  const form = find(document, '#draw-form', HTMLFormElement);
  const select = find(document, '#draw-model', HTMLSelectElement);
  const classField = find(document, '#draw-class-field', HTMLElement);
  const classes = find(document, '#draw-class', HTMLSelectElement);
  const temperature = find(document, '#draw-temperature', HTMLInputElement);
  const temperatureShown = find(document, '#draw-temperature-shown', HTMLOutputElement);
  const pace = find(document, '#draw-pace', HTMLSelectElement);
  const button = find(document, '#draw-start', HTMLButtonElement);
  const images = find(document, '#draw-images', HTMLCanvasElement);
  const chances = find(document, '#draw-chances', HTMLCanvasElement);
  const caption = find(document, '#draw-chances-caption', HTMLElement);
  const progress = find(document, '#draw-progress', HTMLProgressElement);
  const readout = find(document, '#draw-readout', HTMLElement);
  const status = find(document, '#draw-status', HTMLElement);
  const command = find(document, '#draw-command', HTMLElement);
  const seed = new SeedField('draw', () => drawn());

  let shown: { model: SiteModel; drawing: Drawing } | null = null;
  let running: AbortController | null = null;

  const chosen = () => modelNamed(manifest, select.value);
  const gridOf = ({ height, width }: Pick<SiteModel, 'height' | 'width'>): Grid => ({
    ...{ count, height, width, columns, gap },
  });

  function paint(): void {
    if (!shown) return;
    const { model, drawing } = shown;
    const grid = gridOf(model);
    drawPicture(images, grid, imagePaint(drawing.intensities, model));
    const { ink, probabilities } = drawing;
    const { colors } = model;
    drawPicture(
      chances,
      grid,
      inkPaint((index) => (ink ? (ink[index] as number) : (probabilities[index * colors] as number))),
    );
    progress.value = drawing.position / (model.height * model.width);
  }

  function show(model: SiteModel, drawing: Drawing): void {
    shown = { model, drawing };
    paint();
  }

  function describe(model: SiteModel): void {
    const temperatureFlag = temperature.value === '1' ? '' : ` --temperature ${temperature.value}`;
    const classFlag = model.classes === null ? '' : ` --class ${classes.selectedIndex}`;
    command.textContent = `pnpm sample ${model.run} --count ${count} --seed ${seed.value()}${temperatureFlag}${classFlag} --out samples.png`;
  }

  function choose(): void {
    const model = chosen();
    classField.hidden = model.classes === null;
    classes.replaceChildren(...(model.classes ?? []).map((name) => make('option', { textContent: name })));
    const words = chanceWords(model);
    caption.textContent = words.caption;
    find(scale, '.words', HTMLElement).textContent = words.scale;
    find(scale, '.ramp', HTMLElement).classList.toggle('ink', model.levels === 2);
    clear(model);
  }

  async function drawn(): Promise<void> {
    running?.abort();
    const own = new AbortController();
    running = own;
    button.textContent = 'Stop';
    await saying(status, async () => {
      const model = chosen();
      describe(model);
      say(status, `Fetching ${model.label}.`);
      await engine.open(model);
      own.signal.throwIfAborted();
      say(status, `${model.label} draws ${count} images.`);
      const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
      const drawing = await engine.ask(
        model,
        {
          kind: 'draw',
          ...{ seed: seed.value(), count, temperature: Number(temperature.value), given: null },
          classIndex: model.classes && classes.selectedIndex,
          pace: paces(model)[pace.value as keyof ReturnType<typeof paces>],
        },
        { signal: own.signal, onProgress: (partly) => show(model, partly) },
      );
      show(model, drawing);
      const seconds = (drawing.computed / 1000).toFixed(2);
      say(
        status,
        `${model.label} drew ${count} images of seed ${seed.value()} in ${seconds} s of computing.`,
      );
      images.setAttribute('aria-label', `${count} images drawn by ${model.label}, seed ${seed.value()}`);
      chances.setAttribute(
        'aria-label',
        `Probability of each pixel of the ${count} images before it was drawn`,
      );
    });
    if (running !== own) return; // another drawing has begun
    running = null;
    button.textContent = `Draw ${count}`;
  }

  function read(pixel: Pixel): void {
    if (!shown) return;
    const { model, drawing } = shown;
    const { height, width, colors } = model;
    const at = (pixel.image * height + pixel.row) * width + pixel.column;
    if (pixel.row * width + pixel.column >= drawing.position) {
      readout.textContent = `Image ${pixel.image + 1}, ${placeName(pixel)}: not drawn yet.`;
      return;
    }
    const value = drawing.intensities[at * colors] as number;
    const chance = (
      100 * (drawing.ink ? (drawing.ink[at] as number) : (drawing.probabilities[at * colors] as number))
    ).toFixed(1);
    readout.textContent = drawing.ink
      ? `Image ${pixel.image + 1}, ${placeName(pixel)}: ink had ${chance} %, drawn: ${value ? 'ink' : 'blank'}.`
      : `Image ${pixel.image + 1}, ${placeName(pixel)}: intensity ${value} was drawn, which had ${chance} %.`;
  }

  for (const canvas of [images, chances]) {
    const cursor: PixelCursor = new PixelCursor(canvas, {
      grid: () => gridOf(shown?.model ?? chosen()),
      start: { image: 0, row: 0, column: 0 },
      onMove: (pixel, how) => {
        read(pixel);
        if (how === 'keys') say(status, readout.textContent ?? '');
      },
    });
    canvas.addEventListener('focus', () => read(cursor.pixel));
  }
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!running) {
      drawn();
      return;
    }
    running.abort();
    say(status, 'Stopped.');
  });
  temperature.addEventListener('input', () => {
    temperatureShown.textContent = Number(temperature.value).toFixed(2);
  });
  temperature.addEventListener('change', () => drawn());
  select.addEventListener('change', () => {
    choose();
    drawn();
  });
  classes.addEventListener('change', () => drawn());
  onThemeChange(paint);
  choose();
  // The page is readable before any model is fetched.
  addEventListener('load', () => whenNear(images, () => drawn(), '0px'));
}

/** A row takes about as long as the eye follows; no pace asks for more than 60 pictures a second. */
const paces = ({ width }: SiteModel) => ({
  row: { pixels: width, milliseconds: 60 },
  pixel: { pixels: 1, milliseconds: 16 },
  fast: { pixels: 4 * width, milliseconds: 0 },
});
