import type { SiteModel } from '../../manifest.js';
import type { Drawing } from '../../worker/protocol.js';
import { heatPaint, inkPaint, type Paint } from '../pictures.js';
import { type Pixel, placeName } from '../pixelCursor.js';
import { themeChannels } from '../theme.js';

/** What a value of 256 costs where the model has no idea. */
const mostBits = 8;

const isInk = ({ levels }: SiteModel): boolean => levels === 2;

/** Mean bits a colour of a pixel. */
function bitsAt({ colors }: SiteModel, { probabilities }: Drawing, at: number): number {
  const own = probabilities.subarray(at * colors, (at + 1) * colors);
  return own.reduce((sum, chance) => sum - Math.log2(chance), 0) / colors;
}

/** Ink's probability in ink; of colours the bits of what was drawn, as a probability of one in 256 would hardly show. */
export function chancePaint(model: SiteModel, drawing: Drawing): Paint {
  const { ink, position } = drawing;
  if (ink) return inkPaint((index) => ink[index] as number);
  const blank = themeChannels('blank');
  const heat = heatPaint((index) => bitsAt(model, drawing, index) / mostBits);
  const pixels = model.height * model.width;
  return (index) => (index % pixels < position ? heat(index) : blank);
}

/** What that picture shows, and its scale. */
export function chanceWords(model: SiteModel): { caption: string; scale: string } {
  return isInk(model)
    ? { caption: 'How probable ink was, before chance decided', scale: '0 to 100 %' }
    : {
        caption: 'How surprising the colours were that chance decided on',
        scale: `0 to ${mostBits} or more bits a colour`,
      };
}

/** A sentence on a pixel. */
export function readingOf(model: SiteModel, drawing: Drawing, pixel: Pixel): string {
  const { height, width, colors } = model;
  const { ink, intensities, probabilities, position } = drawing;
  const where = `Image ${pixel.image + 1}, ${placeName(pixel)}`;
  const inImage = pixel.row * width + pixel.column;
  if (inImage >= position) return `${where}: not drawn yet.`;
  const at = pixel.image * height * width + inImage;
  const percent = (chance: number | undefined) => `${(100 * (chance as number)).toFixed(1)} %`;
  if (ink) return `${where}: ink had ${percent(ink[at])}, drawn: ${intensities[at] ? 'ink' : 'blank'}.`;
  const names = colors === 3 ? ['red', 'green', 'blue'] : ['grey'];
  const values = names.map((name, color) => {
    const value = at * colors + color;
    return `${name} ${intensities[value]} had ${percent(probabilities[value])}`;
  });
  return `${where}: ${values.join(', ')}.`;
}
