import { createHash } from 'node:crypto';
import { DataError, type DataErrorCode } from '../dataError.js';
import type { FileSpec } from '../fetch/verifiedFile.js';

/** The idx file of unsigned bytes with this shape. */
export function encodeIdx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * shape.length + values.length);
  bytes.set([0, 0, 0x08, shape.length]);
  const view = new DataView(bytes.buffer);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  bytes.set(values, 4 + 4 * shape.length);
  return bytes;
}

/** The .amat text of binary values in rows of `columns`. */
export function encodeAmat(values: Uint8Array, columns: number): Uint8Array {
  const lines: string[] = [];
  for (let start = 0; start < values.length; start += columns) {
    lines.push(`${values.subarray(start, start + columns).join(' ')}\n`);
  }
  return new TextEncoder().encode(lines.join(''));
}

export function specOf(name: string, content: Uint8Array): FileSpec {
  return { name, bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** The DataError that a promise or a call ends with; anything else fails the test. */
export async function dataErrorOf(work: () => unknown): Promise<{ code: DataErrorCode; message: string }> {
  try {
    await work();
  } catch (error) {
    if (error instanceof DataError) return error;
    throw error;
  }
  throw new Error('A DataError was expected, but none was thrown.');
}
