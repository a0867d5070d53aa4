import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { DataError } from '../dataError.js';
import { readError } from '../fetch/verifiedFile.js';
import { plainName, requireSafeName } from './archiveName.js';
import type { ArchiveEntry } from './tarEntries.js';

/**
 * The files of a zip archive, inflated as they are read and never unpacked. Sizes and CRC-32 of their content are
 * checked when it has been read to its end.
 * @throws DataError `truncated`, `format` (no zip, corrupt, encrypted, a path that climbs out), `checksum`,
 * `unreadable`
 */
export async function* zipEntries(path: string, remedy: string): AsyncGenerator<ArchiveEntry> {
  const zip = await open(path, remedy);
  try {
    for await (const entry of entriesOf(zip, path, remedy)) {
      requireSafeName(entry.fileName, path, remedy);
      if (!entry.fileName.endsWith('/'))
        yield {
          name: plainName(entry.fileName),
          bytes: entry.uncompressedSize,
          content: contentOf(zip, entry, path, remedy),
        };
    }
  } finally {
    zip.close();
  }
}

async function open(path: string, remedy: string): Promise<ZipFile> {
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false });
  } catch (error) {
    throw zipError(error, path, remedy);
  }
}

async function* entriesOf(zip: ZipFile, path: string, remedy: string): AsyncGenerator<Entry> {
  try {
    yield* zip.eachEntry();
  } catch (error) {
    throw zipError(error, path, remedy);
  }
}

async function* contentOf(
  zip: ZipFile,
  entry: Entry,
  path: string,
  remedy: string,
): AsyncGenerator<Uint8Array> {
  let checksum = 0;
  try {
    for await (const chunk of await zip.openReadStreamPromise(entry)) {
      checksum = crc32(chunk as Buffer, checksum);
      yield chunk as Buffer;
    }
  } catch (error) {
    throw zipError(error, `${path}, ${entry.fileName}`, remedy);
  }
  if (checksum !== entry.crc32) {
    throw new DataError(
      'checksum',
      `${path}, ${entry.fileName} should have the CRC-32 ${hex(entry.crc32)}, but it has ${hex(checksum)}: ${remedy}.`,
    );
  }
}

const hex = (checksum: number) => checksum.toString(16).padStart(8, '0');

function zipError(error: unknown, where: string, remedy: string): unknown {
  const known = readError(error, where, remedy, 'part of a zip file');
  if (known instanceof DataError || !(error instanceof Error)) return known;
  const truncated = /end of central directory record signature not found|unexpected EOF/i.test(error.message);
  return new DataError(
    truncated ? 'truncated' : 'format',
    `${where} should be a whole zip file, but it is not (${error.message}): ${remedy}.`,
    { cause: error },
  );
}
