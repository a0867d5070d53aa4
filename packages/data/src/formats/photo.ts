import { extname } from 'node:path';
import { centreBox } from './boxResize.js';
import { type DecodedImage, imageError } from './decodedImage.js';
import { decodeJpeg, isJpeg } from './jpeg.js';
import { decodePng, isPng } from './png.js';

/** Larger files are no photographs that anybody would train on. */
export const MAX_PHOTO_BYTES = 1 << 26;

const kinds: Record<string, 'PNG' | 'JPEG'> = { '.png': 'PNG', '.jpg': 'JPEG', '.jpeg': 'JPEG' };

/** Whether a file's name says that it is an image; hidden files, as some systems leave them, are none. */
export const isPhotoName = (name: string): boolean =>
  extname(name).toLowerCase() in kinds && !/(^|\/)\./.test(name);

export interface PhotoOptions {
  /** File and entry, for the errors. */
  where: string;
  size: number;
  /** Whether the image must have this size already; else it is cropped and reduced. */
  exact: boolean;
  remedy: string;
}

/**
 * Decodes a PNG or JPEG and brings it to `size` x `size` pixels.
 * @param name Its extension must tell what the content is.
 * @returns [size, size, 3]
 * @throws DataError `format` or `truncated`, naming file and entry
 */
export function decodePhoto(bytes: Uint8Array, name: string, options: PhotoOptions): Uint8Array {
  const { where, size, exact, remedy } = options;
  const image = decodeByName(bytes, name, options);
  const { width, height } = image;
  if (exact ? width !== size || height !== size : Math.min(width, height) < size) {
    const expected = exact ? `${size} x ${size}` : `at least ${size} x ${size}`;
    throw imageError('format', where, `it has ${width} x ${height} pixels instead of ${expected}`, remedy);
  }
  return centreBox(image, size);
}

function decodeByName(bytes: Uint8Array, name: string, { where, remedy }: PhotoOptions): DecodedImage {
  const said = kinds[extname(name).toLowerCase()];
  const came = isPng(bytes) ? 'PNG' : isJpeg(bytes) ? 'JPEG' : undefined;
  if (bytes.length === 0) throw imageError('truncated', where, 'it is empty', remedy);
  if (!came) throw imageError('format', where, 'it is neither PNG nor JPEG', remedy);
  if (said !== came) throw imageError('format', where, `it is a ${came} by the name of a ${said}`, remedy);
  return came === 'PNG' ? decodePng(bytes, where, remedy) : decodeJpeg(bytes, where, remedy);
}
