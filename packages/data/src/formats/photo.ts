import { centreBox } from './boxResize.js';
import { type DecodedImage, imageError } from './decodedImage.js';
import { formatOfName, imageKind, readFormats } from './imageKind.js';
import { decodePng } from './png.js';
import { readPhoto } from './readPhoto.js';

/** Larger files are no photographs that anybody would train on. */
export const MAX_PHOTO_BYTES = 1 << 26;

export interface PhotoOptions {
  /** File and entry, for the errors. */
  where: string;
  size: number;
  /**
   * Whether the image must be what is asked for already: 8-bit RGB of this size, under the name of its format. Else it is
   * converted (`readPhoto`), cropped and reduced (`centreBox`).
   */
  exact: boolean;
  remedy: string;
}

export interface Photo {
  /** [size, size, 3] */
  pixels: Uint8Array;
  /** What was converted, in words that fit after a number of images. */
  conversions: readonly string[];
}

/**
 * Decodes an image and brings it to `size` x `size` pixels.
 * @throws DataError `format` or `truncated`, naming file and entry
 */
export async function decodePhoto(bytes: Uint8Array, name: string, options: PhotoOptions): Promise<Photo> {
  const { where, size, exact, remedy } = options;
  const { conversions, ...image } = exact
    ? { ...(await decodeExact(bytes, name, options)), conversions: [] }
    : await decodeAny(bytes, name, options);
  const { width, height } = image;
  if (exact ? width !== size || height !== size : Math.min(width, height) < size) {
    const expected = exact ? `${size} x ${size}` : `at least ${size} x ${size}`;
    throw imageError('format', where, `it has ${width} x ${height} pixels instead of ${expected}`, remedy);
  }
  return { pixels: centreBox(image, size), conversions };
}

async function decodeAny(bytes: Uint8Array, name: string, { where, remedy }: PhotoOptions) {
  const photo = await readPhoto(bytes, where, remedy);
  const misnamed = imageKind(bytes)!.name !== formatOfName(name);
  return misnamed
    ? { ...photo, conversions: ['under the name of another format', ...photo.conversions] }
    : photo;
}

/** Nothing is converted, so that no image enters a published set by a guess. */
async function decodeExact(
  bytes: Uint8Array,
  name: string,
  { where, remedy }: PhotoOptions,
): Promise<DecodedImage> {
  const said = formatOfName(name);
  const came = imageKind(bytes)?.name;
  if (bytes.length === 0) throw imageError('truncated', where, 'it is empty', remedy);
  if (came !== 'PNG' && came !== 'JPEG')
    throw imageError('format', where, `it is no ${came ? 'PNG or JPEG' : readFormats}`, remedy);
  if (said !== came) throw imageError('format', where, `it is a ${came} by the name of a ${said}`, remedy);
  if (came === 'PNG') return decodePng(bytes, where, remedy);
  const { conversions, ...image } = await readPhoto(bytes, where, remedy);
  if (conversions.length > 0) throw imageError('format', where, `it is ${conversions.join(' and ')}`, remedy);
  return image;
}
