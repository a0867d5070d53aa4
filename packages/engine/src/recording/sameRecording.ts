import { isDeepStrictEqual } from 'node:util';
import type { Recording, Source } from './recording.js';

/** Whether two calls of a function did the same with other inputs. */
export function sameRecording(a: Recording, b: Recording): boolean {
  return (
    a.count === b.count &&
    same(a.operations, b.operations) &&
    same(a.results, b.results) &&
    a.sources.length === b.sources.length &&
    a.sources.every(({ tensor, source }, i) => {
      const other = b.sources[i];
      return other !== undefined && tensor === other.tensor && sameSource(source, other.source);
    })
  );
}

const same = isDeepStrictEqual;

function sameSource(a: Source, b: Source): boolean {
  if (a.kind === 'input') return same(a, b);
  if (a.kind === 'outside') return b.kind === 'outside' && a.dataId === b.dataId;
  if (b.kind !== 'constant' || a.dtype !== b.dtype || !same(a.shape, b.shape)) return false;
  // Bits, so that NaN is itself and 0 is not -0.
  return Buffer.compare(bytes(a.values), bytes(b.values)) === 0;
}

const bytes = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
  Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
