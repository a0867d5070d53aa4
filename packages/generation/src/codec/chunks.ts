import { GenerationError } from '../generationError.js';
import { joinBytes } from './checksum.js';

/** Every chunk but the last after its length, 7 bits a byte, the lowest first. */
export function joinChunks(chunks: readonly Uint8Array[]): Uint8Array {
  return joinBytes(
    chunks.flatMap((chunk, i) => (i < chunks.length - 1 ? [lengthBytes(chunk.length), chunk] : [chunk])),
  );
}

/** @throws GenerationError `damaged` where the lengths do not fit into the payload */
export function splitChunks(payload: Uint8Array, count: number): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let i = 0; i < count - 1; i++) {
    let length = 0;
    let byte = 128;
    for (let shift = 0; byte >= 128; shift += 7) {
      byte = at < payload.length && shift < 35 ? (payload[at++] as number) : damaged();
      length += (byte % 128) * 2 ** shift;
    }
    if (length > payload.length - at) damaged();
    chunks.push(payload.subarray(at, at + length));
    at += length;
  }
  chunks.push(payload.subarray(at));
  return chunks;
}

function damaged(): never {
  throw new GenerationError(
    'damaged',
    'The file is damaged: the lengths of its parts are more than the file.',
  );
}

function lengthBytes(length: number): Uint8Array {
  const bytes: number[] = [];
  let rest = length;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}
