import jpeg from 'jpeg-js';
import { type DecodedImage, imageError, requireSize } from './decodedImage.js';

const MAX_MEGABYTES = 1024;

export const isJpeg = (bytes: Uint8Array): boolean =>
  bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/**
 * Decodes a JPEG of three components.
 * @param where File and entry, for the errors.
 * @throws DataError `format` (grey, CMYK, other than 8 bits, corrupt) or `truncated`
 */
export function decodeJpeg(bytes: Uint8Array, where: string, remedy: string): DecodedImage {
  if (!isJpeg(bytes)) throw imageError('format', where, 'it is no JPEG', remedy);
  const frame = readFrame(bytes);
  if (!frame) throw imageError('truncated', where, 'it ends before its size is told', remedy);
  const { depth, width, height, components } = frame;
  if (depth !== 8) throw imageError('format', where, `it has ${depth} bits a channel`, remedy);
  if (components !== 3) {
    const kinds: Record<number, string> = { 1: 'it is grey', 4: 'it is CMYK' };
    throw imageError('format', where, kinds[components] ?? `it has ${components} components`, remedy);
  }
  requireSize(width, height, where, remedy);
  if (!hasEnd(bytes)) throw imageError('truncated', where, 'it ends early', remedy);
  try {
    const decoded = jpeg.decode(bytes, {
      useTArray: true,
      formatAsRGBA: false,
      tolerantDecoding: false,
      maxMemoryUsageInMB: MAX_MEGABYTES,
    });
    if (decoded.width !== width || decoded.height !== height) throw new Error('it holds a second frame');
    return { width, height, pixels: decoded.data };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw imageError('format', where, `it is corrupt (${message})`, remedy, error);
  }
}

/** The first frame header (SOF): precision, size and number of components. */
function readFrame(
  bytes: Uint8Array,
): { depth: number; width: number; height: number; components: number } | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 10 <= bytes.length) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at++; // padding
      continue;
    }
    const isFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (isFrame) {
      return {
        depth: bytes[at + 4]!,
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        components: bytes[at + 9]!,
      };
    }
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Whether the end-of-image marker is there; zeros may follow it. */
function hasEnd(bytes: Uint8Array): boolean {
  let last = bytes.length - 1;
  while (last > 0 && bytes[last] === 0) last--;
  return bytes[last] === 0xd9 && bytes[last - 1] === 0xff;
}
