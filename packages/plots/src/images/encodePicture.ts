import type { RawPicture } from './layOut.js';

/** PNG, grey or RGB. */
export async function encodePng({ data, ...raw }: RawPicture): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const picture = sharp(data, { raw });
  return (raw.channels === 1 ? picture.toColourspace('b-w') : picture)
    .png({ compressionLevel: 9 })
    .toBuffer();
}

/**
 * An animated GIF that begins again for ever.
 *
 * @param frames of one size
 * @param delays milliseconds that each stays, in steps of 10
 */
export async function encodeGif(frames: readonly RawPicture[], delays: number[]): Promise<Buffer> {
  const { height, width, channels } = frames[0] as RawPicture;
  const { default: sharp } = await import('sharp');
  const raw = { width, height: height * frames.length, channels, pageHeight: height };
  return sharp(Buffer.concat(frames.map(({ data }) => data)), { raw })
    .gif({ delay: delays, loop: 0, dither: 0 })
    .toBuffer();
}
