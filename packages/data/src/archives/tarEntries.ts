import { createReadStream } from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { DataError } from '../dataError.js';
import { readError } from '../fetch/verifiedFile.js';
import { requireSafeName } from './archiveName.js';

/** A file in an archive. Its content must be read, or the loop left, before the next entry comes. */
export interface ArchiveEntry {
  /** Its path inside the archive. */
  name: string;
  bytes: number;
  content: AsyncIterable<Uint8Array>;
}

export interface TarOptions {
  path: string;
  /** What to do about a bad file, the end of every error's sentence. */
  remedy: string;
  /** Takes the bytes of the file on the disk, compressed or not, as they are read. */
  onChunk?: ((chunk: Uint8Array) => void) | undefined;
}

const CHUNK_BYTES = 1 << 20;
const BLOCK_BYTES = 512;

/**
 * The files of a tar archive in its order, streamed and never unpacked; gunzipped where the name ends in .gz or .tgz.
 * @throws DataError `truncated`, `format` (no tar, corrupt gzip, a link or device inside, a path that climbs out),
 * `unreadable`.
 */
export async function* tarEntries({ path, remedy, onChunk }: TarOptions): AsyncGenerator<ArchiveEntry> {
  const gzipped = /\.(gz|tgz)$/.test(path);
  const entries = extract();
  const tail = new TailCheck();
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (onChunk) file.on('data', (chunk) => onChunk(chunk as Buffer));
  const reading = gzipped
    ? pipeline(file, createGunzip({ chunkSize: CHUNK_BYTES }), tail, entries)
    : pipeline(file, tail, entries);
  // The loop below sees the error too, as the end of its stream; it is thrown there.
  const failure = reading.then(
    () => undefined,
    (error: unknown) => error,
  );
  const translated = async function* (content: AsyncIterable<Uint8Array>) {
    try {
      yield* content;
    } catch (error) {
      throw tarError((await failure) ?? error, path, remedy);
    }
  };
  try {
    for await (const entry of entries) {
      const { name, type, size = 0 } = entry.header;
      requireSafeName(name, path, remedy);
      if (type === 'file' || type === 'contiguous-file') {
        yield { name, bytes: size, content: translated(entry as AsyncIterable<Uint8Array>) };
      } else if (type !== 'directory') {
        throw new DataError(
          'format',
          `${path} should hold files and folders only, but its entry ${name} is a ${type}: ${remedy}.`,
        );
      }
      entry.resume();
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw tarError((await failure) ?? error, path, remedy);
  } finally {
    file.destroy();
    entries.destroy();
  }
  const error = await failure;
  if (error) throw tarError(error, path, remedy);
  if (!tail.ended) {
    throw new DataError(
      'truncated',
      `${path} should end with empty blocks as tar files do, but it does not: it is cut off, so ${remedy}.`,
    );
  }
}

/** Whether the last block that passed was empty, as at the end of every whole tar file. */
class TailCheck extends Transform {
  private last = Buffer.alloc(0);

  get ended(): boolean {
    return this.last.length === BLOCK_BYTES && this.last.every((byte) => byte === 0);
  }

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, chunk: Buffer) => void): void {
    this.last = Buffer.from(Buffer.concat([this.last, chunk.subarray(-BLOCK_BYTES)]).subarray(-BLOCK_BYTES));
    done(null, chunk);
  }
}

function tarError(error: unknown, path: string, remedy: string): unknown {
  const known = readError(error, path, remedy);
  if (known instanceof DataError || !(error instanceof Error)) return known;
  const truncated = error.message === 'Unexpected end of data' || error.message === 'Premature close';
  return truncated
    ? new DataError(
        'truncated',
        `${path} should be a whole tar file, but it ends amid an entry: ${remedy}.`,
        {
          cause: error,
        },
      )
    : new DataError('format', `${path} should be a tar file, but it is not (${error.message}): ${remedy}.`, {
        cause: error,
      });
}
