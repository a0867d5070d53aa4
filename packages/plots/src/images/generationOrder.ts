import { PlotError } from '../figures/figure.js';
import { encodeGif } from './encodePicture.js';
import { type ImageGridOptions, layOut, type RawPicture } from './layOut.js';

export interface GenerationOrderOptions extends ImageGridOptions {
  /** 1 where a pixel was given beforehand, [height, width]: it is there from the first frame. */
  known?: Uint8Array;
  /** About so many pictures, at most one for each pixel; default 56. */
  frames?: number;
  /** Milliseconds of a frame; default 60. The last stays for two seconds. */
  delay?: number;
}

/** What is not drawn yet, where images are grey or coloured. */
const notYet = 208;
const finalDelay = 2000;

/**
 * The order in which images are generated, row by row and pixel by pixel, as an animated GIF of their grid: pixels that
 * are not drawn yet are light grey.
 *
 * @throws PlotError when a length does not fit the shape, or an intensity or option is out of range.
 */
export async function generationOrder(options: GenerationOrderOptions): Promise<Buffer> {
  const { images, height, width, levels, known, frames = 56, delay = 60 } = options;
  const pixels = height * width;
  if (!Number.isInteger(frames) || frames < 1) {
    throw new PlotError(`Order of generation: frames must be a positive integer, got ${frames}.`);
  }
  if (known && known.length !== pixels) {
    throw new PlotError(
      `Order of generation: a mask of ${height} x ${width} pixels was expected, got ${known.length}.`,
    );
  }
  const whole = layOut(options);
  const blank = layOut({ ...options, images: new Uint8Array(images.length) }, allShades(levels, notYet));
  const steps = Math.min(frames, pixels);
  const pictures = Array.from({ length: steps + 1 }, (_, step) => {
    const drawn = Math.round((step * pixels) / steps);
    const there = (pixel: number) => pixel < drawn || known?.[pixel] === 1;
    return reveal(whole, blank, options, there);
  });
  const delays = pictures.map((_, i) => (i < steps ? Math.round(delay / 10) * 10 : finalDelay));
  return encodeGif(pictures, delays);
}

/** The grid `blank` with those pixels of every image that are there. */
function reveal(
  whole: RawPicture,
  blank: RawPicture,
  {
    count,
    height,
    width,
    channels,
    columns = Math.ceil(Math.sqrt(count)),
    scale = 2,
    gap = 2,
  }: ImageGridOptions,
  there: (pixel: number) => boolean,
): RawPicture {
  const data = Buffer.from(blank.data);
  for (let n = 0; n < count; n++) {
    const left = (n % columns) * (width * scale + gap) + gap;
    const top = Math.floor(n / columns) * (height * scale + gap) + gap;
    for (let pixel = 0; pixel < height * width; pixel++) {
      if (!there(pixel)) continue;
      const y = top + Math.floor(pixel / width) * scale;
      const x = left + (pixel % width) * scale;
      for (let line = 0; line < scale; line++) {
        const at = ((y + line) * whole.width + x) * channels;
        whole.data.copy(data, at, at, at + scale * channels);
      }
    }
  }
  return { ...blank, data };
}

const allShades = (levels: number, shade: number) => new Uint8Array(levels).fill(shade);
