import { PlotError } from '../figures/figure.js';
import { resvgFont } from '../figures/fonts.js';
import { escapeText, estimatedWidth, ink } from '../figures/theme.js';

export interface CaptionedPicture {
  /** Above the picture. */
  caption: string;
  /** PNG, or any other picture that sharp reads. */
  picture: Uint8Array;
}

const size = 14;
const captionHeight = 28;
const margin = 4;

/**
 * Pictures one below the other, each below its caption, as one PNG.
 * @throws PlotError when there is none
 */
export async function captionedPictures(pictures: readonly CaptionedPicture[]): Promise<Buffer> {
  if (pictures.length === 0) throw new PlotError('Captioned pictures: at least one was expected, got none.');
  const [{ Resvg }, { default: sharp }] = await Promise.all([import('@resvg/resvg-js'), import('sharp')]);
  const sizes = await Promise.all(pictures.map(({ picture }) => sharp(picture).metadata()));
  const widths = sizes.map((each, i) =>
    Math.max(each.width, estimatedWidth(pictures[i]!.caption, size) + 2 * margin),
  );
  const tops: number[] = [];
  let height = 0;
  for (const each of sizes) {
    tops.push(height + captionHeight);
    height += captionHeight + each.height;
  }
  const texts = pictures.map(
    ({ caption }, i) =>
      `<text x="${margin}" y="${tops[i]! - captionHeight / 3}" fill="${ink}">${escapeText(caption)}</text>`,
  );
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.max(...widths)}" height="${height}" font-family="DejaVu Sans" font-size="${size}">${texts.join('')}</svg>`;
  const captions = new Resvg(svg, { font: resvgFont(), background: '#ffffff' }).render().asPng();
  return sharp(captions)
    .composite(pictures.map(({ picture }, i) => ({ input: Buffer.from(picture), left: 0, top: tops[i]! })))
    .removeAlpha()
    .png({ compressionLevel: 9 })
    .toBuffer();
}
