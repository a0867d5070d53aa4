import { open } from 'node:fs/promises';

/** Of a picture as it is in its file, px. */
export interface PictureSize {
  width: number;
  height: number;
}

const headerBytes = 24;

/** From the header of a PNG. @throws Error naming what is none */
export function sizeOfPng(bytes: Uint8Array, name: string): PictureSize {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, headerBytes));
  if (header.length < headerBytes || header.toString('latin1', 1, 4) !== 'PNG') {
    throw new Error(`${name} should be a PNG picture, but has no header of one.`);
  }
  return { width: header.readUInt32BE(16), height: header.readUInt32BE(20) };
}

/** The same of a file. */
export async function pictureSize(path: string): Promise<PictureSize> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headerBytes), 0, headerBytes, 0);
    return sizeOfPng(buffer.subarray(0, bytesRead), path);
  } finally {
    await file.close();
  }
}
