import { DataError } from '../dataError.js';

/** An image of 8-bit RGB: `pixels` [height, width, 3]. */
export interface DecodedImage {
  width: number;
  height: number;
  pixels: Uint8Array;
}

/** Above this an image is taken for damaged, or made to fill the memory. */
export const MAX_PIXELS = 1 << 26;

/** The one sentence about an image that cannot be used; `came` of the error tells it in a list of several. */
export function imageError(
  code: 'format' | 'truncated',
  where: string,
  came: string,
  remedy: string,
  cause?: unknown,
): DataError {
  return new DataError(code, `${where} should be an 8-bit RGB image, but ${came}: ${remedy}.`, {
    cause,
    came,
  });
}

/** Checks the size that a header states, before memory is taken for it. */
export function requireSize(width: number, height: number, where: string, remedy: string): void {
  if (width > 0 && height > 0 && width * height <= MAX_PIXELS) return;
  throw imageError('format', where, `its header says ${width} x ${height} pixels`, remedy);
}
