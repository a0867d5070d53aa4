import { DataError } from '../dataError.js';

/** An idx file of unsigned bytes: row-major `values` of the given shape. */
export interface IdxArray {
  shape: number[];
  values: Uint8Array;
}

const UNSIGNED_BYTE = 0x08;

/**
 * Parses the idx format of LeCun's MNIST page: the bytes 0, 0, type, rank, one big-endian 32-bit size per dimension,
 * then the values.
 * @param file Name for the errors.
 * @param rank The number of dimensions the file must have, 1..255.
 * @returns `values` is a view of `bytes`.
 * @throws DataError `truncated` or `format`.
 */
export function parseIdx(bytes: Uint8Array, file: string, rank: number): IdxArray {
  const headerBytes = 4 + 4 * rank;
  const magic = [0, 0, UNSIGNED_BYTE, rank];
  if (magic.some((byte, i) => i < bytes.length && bytes[i] !== byte)) {
    throw new DataError(
      'format',
      `${file} should start with the bytes ${magic.join(' ')} (idx, unsigned bytes, ${rank} dimensions), ` +
        `but it starts with ${[...bytes.subarray(0, 4)].join(' ')}: put the idx file of that name there.`,
    );
  }
  if (bytes.length < headerBytes) {
    throw new DataError(
      'truncated',
      `${file} should start with an idx header of ${headerBytes} bytes, but it has ${bytes.length} bytes: fetch it again.`,
    );
  }
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, i) => header.getUint32(4 + 4 * i));
  const count = shape.reduce((product, size) => product * size, 1);
  const came = bytes.length - headerBytes;
  if (came !== count) {
    throw new DataError(
      came < count ? 'truncated' : 'format',
      `${file} should hold ${shape.join(' x ')} = ${count} values, but it holds ${came}: fetch it again.`,
    );
  }
  return { shape, values: bytes.subarray(headerBytes) };
}
