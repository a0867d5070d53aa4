import { encode } from 'fast-png';

/** A binary image as the smallest PNG that a usual encoder makes of it: grey, one bit a pixel, each row in whole bytes. */
export function smallPng(
  image: Uint8Array,
  { height, width }: { height: number; width: number },
): Uint8Array {
  const perRow = Math.ceil(width / 8);
  const data = new Uint8Array(height * perRow);
  for (const [i, ink] of image.entries()) {
    const column = i % width;
    if (ink) data[Math.floor(i / width) * perRow + (column >> 3)]! |= 128 >> (column & 7);
  }
  return encode({ width, height, channels: 1, depth: 1, data }, { zlib: { level: 9 } });
}
