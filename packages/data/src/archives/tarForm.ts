import { open } from 'node:fs/promises';
import { DataError } from '../dataError.js';

const HEADER_BYTES = 512;
const USTAR_AT = 257;

/** Compressed forms that tar files come in and that are not read here, by their first bytes. */
const others: readonly (readonly [string, string])[] = [
  ['\xfd7zXZ\0', 'compressed with xz'],
  ['BZh', 'compressed with bzip2'],
  ['\x28\xb5\x2f\xfd', 'compressed with zstd'],
  ['PK\x03\x04', 'a zip file'],
  ['7z\xbc\xaf\x27\x1c', 'a 7-Zip file'],
  ['Rar!', 'a RAR file'],
];

/** Whether a name says that this is a tar file, in any of the forms that are read. */
export const isTarName = (name: string): boolean => /\.(tar|tar\.gz|tgz)$/i.test(name);

/**
 * Whether a tar file is gzipped. Its content decides, because downloads are often inflated on the way, or renamed; its name
 * only where the content says nothing.
 * @throws DataError `format` for another compression; errors of the disk pass as they are.
 */
export async function isGzippedTar(path: string, remedy: string): Promise<boolean> {
  const handle = await open(path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0);
    const head = buffer.toString('latin1', 0, bytesRead);
    const other = others.find(([magic]) => head.startsWith(magic));
    if (other) {
      throw new DataError(
        'format',
        `${path} should be a tar file, plain or gzipped, but it is ${other[1]}: unpack it, or ${remedy}.`,
      );
    }
    if (head.startsWith('\x1f\x8b')) return true;
    return /\.(gz|tgz)$/i.test(path) && head.slice(USTAR_AT, USTAR_AT + 5) !== 'ustar';
  } finally {
    await handle.close();
  }
}
