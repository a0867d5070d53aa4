import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { DataError } from '../dataError.js';
import { fileContent, gunzipped } from '../fetch/fileContent.js';
import { readError } from '../fetch/verifiedFile.js';
import { plainName, requireSafeName } from './archiveName.js';
import { isGzippedTar, isTarName } from './tarForm.js';
import { memberOf } from './tarMember.js';

/** A file in an archive. Its content must be read, or the loop left, before the next entry comes. */
export interface ArchiveEntry {
  /** Its path inside the archive. */
  name: string;
  bytes: number;
  content: AsyncIterable<Uint8Array>;
  /** Why there is no content to read. */
  problem?: string;
}

export interface TarOptions {
  path: string;
  /** What to do about a bad file, the end of every error's sentence. */
  remedy: string;
  /** Takes the bytes of the file on the disk, compressed or not, as they are read. */
  onChunk?: ((chunk: Uint8Array) => void) | undefined;
}

const BLOCK_BYTES = 512;

/**
 * Options that tar-stream has and its types do not list: `memberOf` decodes the names, and formats older than ustar have
 * nothing to be known by but the checksum of their headers.
 */
const tarOptions: object = { filenameEncoding: 'latin1', allowUnknownFormat: true };

/**
 * The files of a tar archive in its order, streamed and never unpacked, under the names that unpacking gives them; gunzipped
 * where it is gzipped. A tar file inside it, as ILSVRC2012_img_train.tar has one for each class, is read too: its files
 * come as `n01440764.tar/n01440764_18.JPEG`. A name may come more than once; unpacking keeps the last. Links, devices and
 * sparse files come without content, with their `problem`.
 * @throws DataError `truncated`, `format` (no tar, corrupt gzip, a path that climbs out), `unreadable`.
 */
export async function* tarEntries({ path, remedy, onChunk }: TarOptions): AsyncGenerator<ArchiveEntry> {
  const gunzip = await isGzippedTar(path, remedy).catch((error: unknown) => {
    throw readError(error, path, remedy);
  });
  yield* readTar(fileContent(path, { gunzip, onChunk }), path, remedy);
}

/** @param where the tar file, for errors */
async function* readTar(
  source: AsyncIterable<Uint8Array>,
  where: string,
  remedy: string,
): AsyncGenerator<ArchiveEntry> {
  const entries = extract(tarOptions);
  const tail = new TailCheck();
  // The loop below sees the error too, as the end of its stream; it is thrown there.
  const failure = pipeline(source, tail, entries).then(
    () => undefined,
    (error: unknown) => error,
  );
  const translated = async function* (content: AsyncIterable<Uint8Array>) {
    try {
      yield* content;
    } catch (error) {
      throw tarError((await failure) ?? error, where, remedy);
    }
  };
  try {
    for await (const entry of entries) {
      const { path, isFolder, problem } = memberOf(entry.header);
      requireSafeName(path, where, remedy);
      const name = plainName(path);
      if (problem !== undefined) yield { name, bytes: 0, content: nothing(), problem };
      else if (!isFolder) {
        const content = translated(entry as AsyncIterable<Uint8Array>);
        if (isTarName(name)) yield* innerTar(name, content, where, remedy);
        else yield { name, bytes: entry.header.size ?? 0, content };
      }
      entry.resume();
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw tarError((await failure) ?? error, where, remedy);
  } finally {
    entries.destroy();
  }
  const error = await failure;
  if (error) throw tarError(error, where, remedy);
  if (!tail.ended) {
    throw new DataError(
      'truncated',
      `${where} should end with empty blocks as tar files do, but it does not: it is cut off, so ${remedy}.`,
    );
  }
}

async function* nothing(): AsyncGenerator<Uint8Array> {}

async function* innerTar(
  name: string,
  content: AsyncIterable<Uint8Array>,
  where: string,
  remedy: string,
): AsyncGenerator<ArchiveEntry> {
  const source = /gz$/i.test(name) ? gunzipped(content) : content;
  for await (const entry of readTar(source, `${where}, ${name}`, remedy)) {
    yield { ...entry, name: `${name}/${entry.name}` };
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
