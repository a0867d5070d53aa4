import { inflateSync } from 'node:zlib';
import { decode } from 'fast-png';
import { type DecodedImage, imageError, requireSize } from './decodedImage.js';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const HEADER_BYTES = 33;
const RGB = 2;
const colorTypes: Record<number, string> = {
  0: 'it is grey',
  3: 'it has a palette',
  4: 'it is grey with an alpha channel',
  6: 'it has an alpha channel',
};
/** Deflate makes at most this many bytes of one. */
const DEFLATE_RATIO = 1032;
/** What may be inflated before it is known how much it is. */
const HARMLESS_BYTES = 1 << 24;

const isPng = (bytes: Uint8Array): boolean => SIGNATURE.every((byte, i) => bytes[i] === byte);

/**
 * Decodes a PNG of 8-bit RGB. Nothing else is converted to it, so that no image enters a dataset by a guess.
 * @param where File and entry, for the errors.
 * @throws DataError `format` (grey, palette, alpha, 16 bits, interlaced, corrupt, inflates to too much) or `truncated`
 */
export function decodePng(bytes: Uint8Array, where: string, remedy: string): DecodedImage {
  if (!isPng(bytes)) throw imageError('format', where, 'it is no PNG', remedy);
  if (bytes.length < HEADER_BYTES) {
    throw imageError('truncated', where, `it ends after ${bytes.length} bytes`, remedy);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const [depth, colorType, interlaced] = [bytes[24]!, bytes[25]!, bytes[28]!];
  if (colorType !== RGB) {
    throw imageError('format', where, colorTypes[colorType] ?? `its colour type is ${colorType}`, remedy);
  }
  if (depth !== 8) throw imageError('format', where, `it has ${depth} bits a channel`, remedy);
  if (interlaced !== 0) throw imageError('format', where, 'it is interlaced', remedy);
  requireSize(width, height, where, remedy);

  const chunks = readChunks(bytes, view);
  if (!chunks) throw imageError('truncated', where, 'it ends early', remedy);
  if (chunks.some(({ type }) => type === 'tRNS')) {
    throw imageError('format', where, 'one of its colours is transparent', remedy);
  }
  try {
    requireHarmless(bytes, chunks, (3 * width + 1) * height);
    const png = decode(essential(bytes, chunks), { checkCrc: true });
    if (png.width !== width || png.height !== height || png.data.length !== 3 * width * height) {
      throw new Error('it has two headers');
    }
    return { width, height, pixels: png.data as Uint8Array };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw imageError('format', where, `it is corrupt (${message})`, remedy, error);
  }
}

interface Chunk {
  type: string;
  start: number;
  end: number;
}

/** The chunks up to IEND; undefined where the file ends before it. */
function readChunks(bytes: Uint8Array, view: DataView): Chunk[] | undefined {
  const chunks: Chunk[] = [];
  for (let start = SIGNATURE.length; start + 12 <= bytes.length; start = chunks.at(-1)!.end) {
    const end = start + 12 + view.getUint32(start);
    if (end > bytes.length) return undefined;
    const type = String.fromCharCode(...bytes.subarray(start + 4, start + 8));
    chunks.push({ type, start, end });
    if (type === 'IEND') return chunks;
  }
  return undefined;
}

/** Header, pixels and end alone: text and colour profiles are of no use here, and could inflate to any size. */
function essential(bytes: Uint8Array, chunks: readonly Chunk[]): Uint8Array {
  const kept = chunks.filter(({ type }) => type === 'IHDR' || type === 'IDAT' || type === 'IEND');
  if (kept.length === chunks.length) return bytes;
  return Buffer.concat([
    bytes.subarray(0, SIGNATURE.length),
    ...kept.map(({ start, end }) => bytes.subarray(start, end)),
  ]);
}

/** Refuses pixel data that inflate to much more than the header says, without inflating them whole. */
function requireHarmless(bytes: Uint8Array, chunks: readonly Chunk[], expected: number): void {
  const data = chunks
    .filter(({ type }) => type === 'IDAT')
    .map(({ start, end }) => bytes.subarray(start + 8, end - 4));
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  if (packed * DEFLATE_RATIO <= HARMLESS_BYTES) return;
  inflateSync(Buffer.concat(data), { maxOutputLength: expected });
}
