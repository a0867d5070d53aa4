import type { Metadata, Sharp } from 'sharp';
import { type DecodedImage, imageError, MAX_PIXELS, requireSize } from './decodedImage.js';
import { imageKind, readFormats } from './imageKind.js';

/** A photo as 8-bit sRGB, and what had to be converted for that, in words that fit after a number of images. */
export interface ReadPhoto extends DecodedImage {
  conversions: string[];
}

/**
 * Reads an image of any usual kind as 8-bit sRGB, upright, by libvips, whose JPEG decoder is that of libjpeg-turbo:
 *
 * - grey and palettes become RGB; of 16 bits the upper 8 are kept; an alpha channel is dropped, not composed;
 * - colours with an ICC profile are converted by it; CMYK without one by (255 - C)(255 - K) / 255;
 * - EXIF orientation is applied; of an animation the first frame is taken.
 *
 * Without profiles these are the values of Pillow's `convert('RGB')`, but for 16-bit grey, which Pillow clips, and for what is
 * transparent in a GIF, which is black here.
 * @param where File and entry, for the errors.
 * @throws DataError `format` (another format, damaged) or `truncated`
 */
export async function readPhoto(bytes: Uint8Array, where: string, remedy: string): Promise<ReadPhoto> {
  if (bytes.length === 0) throw imageError('truncated', where, 'it is empty', remedy);
  const kind = imageKind(bytes);
  if (!kind) throw imageError('format', where, `it is no ${readFormats}`, remedy);
  if (!kind.read) {
    throw imageError('format', where, `it is a ${kind.name}, which is not read: convert it to PNG`, remedy);
  }
  try {
    return await read(bytes, 'warning', where, remedy, kind.name);
  } catch (error) {
    // Decoders ignore what lies between the last scan and the end marker; some programs leave bytes there.
    if (!isJunkBeforeEnd(error)) throw error;
    return read(bytes, 'error', where, remedy, kind.name);
  }
}

const isJunkBeforeEnd = (error: unknown) =>
  error instanceof Error &&
  /\(VipsJpeg: Corrupt JPEG data: \d+ extraneous bytes before marker 0xd9\)/.test(error.message);

async function read(
  bytes: Uint8Array,
  failOn: 'warning' | 'error',
  where: string,
  remedy: string,
  format: string,
): Promise<ReadPhoto> {
  const { default: sharp } = await import('sharp');
  try {
    const input = sharp(bytes, { failOn, limitInputPixels: MAX_PIXELS });
    const metadata = await input.metadata();
    requireSize(metadata.width, metadata.height, where, remedy);
    if (metadata.depth !== 'uchar' && metadata.depth !== 'ushort') {
      throw imageError('format', where, `its values are of the type ${metadata.depth}`, remedy);
    }
    const upright = input.autoOrient();
    const plainCmyk = metadata.space === 'cmyk' && !isProfileOf('CMYK', metadata.icc);
    const image = plainCmyk ? await fromCmyk(upright) : await fromColours(upright);
    return { ...image, conversions: conversionsOf(metadata, format, bytes) };
  } catch (error) {
    throw translated(error, where, remedy);
  }
}

async function fromColours(image: Sharp): Promise<DecodedImage> {
  const { data, info } = await image
    .toColourspace('srgb')
    .removeAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels as sRGB`);
  return { width: info.width, height: info.height, pixels: data };
}

async function fromCmyk(image: Sharp): Promise<DecodedImage> {
  const { data, info } = await image
    .pipelineColourspace('cmyk')
    .toColourspace('cmyk')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const count = info.width * info.height;
  const pixels = new Uint8Array(3 * count);
  for (let i = 0; i < count; i++) {
    const light = 255 - data[info.channels * i + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = data[info.channels * i + c]! * light + 128;
      pixels[3 * i + c] = light - (((product >> 8) + product) >> 8); // product / 255, rounded
    }
  }
  return { width: info.width, height: info.height, pixels };
}

function conversionsOf(metadata: Metadata, format: string, bytes: Uint8Array): string[] {
  const { space, depth, hasAlpha, isPalette, icc, orientation = 1, pages = 1 } = metadata;
  const found = {
    [`${format}`]: format !== 'PNG' && format !== 'JPEG',
    grey: space === 'b-w' || space === 'grey16',
    CMYK: space === 'cmyk',
    'with a palette': isPalette && format !== 'GIF',
    'with an alpha channel, which is dropped': hasAlpha,
    'of 16 bits': depth === 'ushort',
    'with a colour profile other than sRGB': isProfileOf(profileColours(space), icc) && !namesSrgb(icc!),
    'turned upright': orientation > 1,
    'animated, of which the first frame is taken': pages > 1 || (format === 'PNG' && isAnimatedPng(bytes)),
  };
  return Object.entries(found)
    .filter(([, holds]) => holds)
    .map(([words]) => words);
}

/** The chunk that announces an animation comes before the image's data. */
function isAnimatedPng(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 8; at + 8 <= file.length; at += file.readUInt32BE(at) + 12) {
    const type = file.toString('latin1', at + 4, at + 8);
    if (type === 'IDAT' || type === 'acTL') return type === 'acTL';
  }
  return false;
}

/** Whether this is a profile of these colours: others are not applied, whatever is embedded. */
const isProfileOf = (colours: string, icc: Buffer | undefined): boolean =>
  icc?.toString('latin1', 36, 40) === 'acsp' && icc.toString('latin1', 16, 20) === colours;

/** The colours that a profile for an image in a space of libvips is of. */
function profileColours(space: string | undefined): string {
  if (space === 'cmyk') return 'CMYK';
  return space === 'b-w' || space === 'grey16' ? 'GRAY' : 'RGB ';
}

/** A profile's description is ASCII in version 2 of the format, and UTF-16 in version 4. */
const namesSrgb = (icc: Buffer) =>
  icc.includes('sRGB') || icc.includes(Buffer.from('\0s\0R\0G\0B', 'latin1'));

function translated(error: unknown, where: string, remedy: string): unknown {
  if (!(error instanceof Error) || error.name === 'DataError') return error;
  const [reason] = error.message.split('\n');
  const early = /premature end|Unexpected end|Input Buffer is empty|not enough|out of data|read past end/i;
  return early.test(error.message)
    ? imageError('truncated', where, `it ends early (${reason})`, remedy, error)
    : imageError('format', where, `it is damaged or cut off (${reason})`, remedy, error);
}
