import { runFolder, type SiteManifest, type SiteModel } from '../../manifest.js';
import type { Drawing } from '../../worker/protocol.js';
import { find, make, say, saying, whenNear } from '../dom.js';
import type { Engine } from '../engine.js';
import type { Grid } from '../grid.js';
import { modelNamed, onEnter, SeedField } from '../modelChoice.js';
import { drawPicture, imagePaint } from '../pictures.js';
import { type Pixel, PixelCursor } from '../pixelCursor.js';
import { onThemeChange, themeChannels } from '../theme.js';
import { chancePaint, chanceWords, readingOf } from './drawn.js';

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
  const stillNote = find(document, '#draw-still', HTMLElement);
  const button = find(document, '#draw-start', HTMLButtonElement);
  const images = find(document, '#draw-images', HTMLCanvasElement);
  const chances = find(document, '#draw-chances', HTMLCanvasElement);
  const caption = find(document, '#draw-chances-caption', HTMLElement);
  const scale = find(document, '#draw-scale', HTMLElement);
  const progress = find(document, '#draw-progress', HTMLProgressElement);
  const readout = find(document, '#draw-readout', HTMLElement);
  const status = find(document, '#draw-status', HTMLElement);
  const spoken = find(document, '#draw-spoken', HTMLElement);
  const command = find(document, '#draw-command', HTMLElement);
  const seed = new SeedField('draw', () => drawn());
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  const invitation = readout.textContent ?? '';

  let shown: { model: SiteModel; drawing: Drawing } | null = null;
  let running: AbortController | null = null;

  const chosen = () => modelNamed(manifest, select.value);
  const gridOf = ({ height, width }: Pick<SiteModel, 'height' | 'width'>): Grid => ({
    ...{ count, height, width, columns, gap },
  });

  function paint(): void {
    if (!shown) {
      const blank = themeChannels('blank');
      for (const canvas of [images, chances]) drawPicture(canvas, gridOf(chosen()), () => blank);
      progress.value = 0;
      return;
    }
    const { model, drawing } = shown;
    drawPicture(images, gridOf(model), imagePaint(drawing.intensities, model));
    drawPicture(chances, gridOf(model), chancePaint(model, drawing));
    progress.value = drawing.position / (model.height * model.width);
  }

  /** Nothing is left of what was drawn before. */
  function clear(model: SiteModel): void {
    shown = null;
    readout.textContent = invitation;
    for (const cursor of cursors) cursor.reset();
    images.setAttribute('aria-label', `${count} images by ${model.label}, not finished`);
    chances.setAttribute('aria-label', `Probabilities of ${count} images by ${model.label}, not finished`);
    paint();
  }

  function show(model: SiteModel, drawing: Drawing): void {
    shown = { model, drawing };
    paint();
  }

  function describe(model: SiteModel): void {
    const temperatureFlag = temperature.value === '1' ? '' : ` --temperature ${temperature.value}`;
    const classFlag = model.classes === null ? '' : ` --class ${classes.selectedIndex}`;
    command.textContent = `pnpm sample ${runFolder(model)} --count ${count} --seed ${seed.value()}${temperatureFlag}${classFlag} --out samples.png`;
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
      clear(model);
      describe(model);
      say(status, `Fetching ${model.label}.`);
      await engine.open(model);
      own.signal.throwIfAborted();
      const slow = model.mixture ? ' A mixture takes several times longer than other models.' : '';
      say(status, `${model.label} draws ${count} images.${slow}`);
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
    if (shown) readout.textContent = readingOf(shown.model, shown.drawing, pixel);
  }

  const cursors = [images, chances].map((canvas) => {
    const cursor: PixelCursor = new PixelCursor(canvas, {
      grid: () => gridOf(shown?.model ?? chosen()),
      start: { image: 0, row: 0, column: 0 },
      onMove: (pixel, how) => {
        read(pixel);
        if (how === 'keys') say(spoken, readout.textContent ?? '');
      },
    });
    canvas.addEventListener('focus', () => read(cursor.pixel));
    return cursor;
  });

  /** Less motion is what the system asks for: then there is one pace. */
  function choosePaces(): void {
    pace.disabled = still.matches;
    stillNote.hidden = !still.matches;
    if (still.matches) pace.value = 'fast';
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
  onEnter(temperature, () => drawn());
  still.addEventListener('change', choosePaces);
  select.addEventListener('change', () => {
    choose();
    drawn();
  });
  classes.addEventListener('change', () => drawn());
  onThemeChange(paint);
  choosePaces();
  choose();
  // The page is readable before any model is fetched.
  addEventListener('load', () => whenNear(status, () => drawn(), '0px'));
}

/** A row takes about as long as the eye follows; no pace asks for more than 60 pictures a second. */
const paces = ({ width }: SiteModel) => ({
  row: { pixels: width, milliseconds: 60 },
  pixel: { pixels: 1, milliseconds: 16 },
  fast: { pixels: 4 * width, milliseconds: 0 },
});
