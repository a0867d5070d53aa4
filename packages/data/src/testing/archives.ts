import { buffer } from 'node:stream/consumers';
import { encode } from 'fast-png';
import { type Header, pack } from 'tar-stream';

/** `pax` adds lines to the member's extended header. */
type TarHeader = Partial<Header> & { name: string; pax?: Record<string, string> };

/** A tar file with these entries; a string is the content of a file, a header with its content anything else. */
export async function encodeTar(
  entries: readonly (readonly [string | TarHeader, Uint8Array | string])[],
): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) {
    archive.entry(typeof header === 'string' ? { name: header } : header, Buffer.from(content));
  }
  archive.finalize();
  return buffer(archive);
}

/** The PNG of RGB pixels [height, width, 3], or of another kind: 1 grey, 2 grey and alpha, 4 RGB and alpha. */
export function encodePng(
  pixels: Uint8Array,
  width: number,
  height: number,
  channels: 1 | 2 | 3 | 4 = 3,
  depth: 8 | 16 = 8,
): Uint8Array {
  const count = width * height * channels;
  const values = Uint8Array.from({ length: count }, (_, i) => pixels[i % pixels.length]!);
  return encode({ width, height, channels, depth, data: depth === 8 ? values : Uint16Array.from(values) });
}

/** Pixels [count] that look random and are the same each time. */
export function noise(count: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
