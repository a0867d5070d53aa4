/** Bytes of a checksum in a file. */
export const checksumBytes = 8;

/** The first bytes of the SHA-256 of parts one after the other. */
export async function checksum(...parts: readonly Uint8Array[]): Promise<Uint8Array> {
  const all = joinBytes(parts);
  return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', all)).slice(0, checksumBytes);
}

export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
