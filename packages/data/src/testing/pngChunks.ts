import { crc32, deflateSync } from 'node:zlib';

/** A chunk of a PNG with its right checksum. */
export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

export interface PngParts {
  width?: number;
  height?: number;
  colorType?: number;
  interlace?: number;
  /** What is in IDAT; 2 x 2 black RGB pixels when absent. */
  data?: Uint8Array;
  /** Chunks between IHDR and IDAT. */
  before?: Buffer[];
}

/** A PNG put together chunk by chunk, so that it may be one that no encoder writes. */
export function pngOf({
  width = 2,
  height = 2,
  colorType = 2,
  interlace = 0,
  data = deflateSync(Buffer.alloc(14)),
  before = [],
}: PngParts): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, colorType, 0, 0, interlace], 8);
  return Buffer.concat([
    Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    pngChunk('IHDR', header),
    ...before,
    pngChunk('IDAT', data),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}
