import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { DataError, reasonOf } from '../dataError.js';
import type { OnProgress } from '../progress.js';
import { fileContent } from './fileContent.js';

/** A published file: size in bytes and SHA-256 (hexadecimal) of its uncompressed content. */
export interface FileSpec {
  name: string;
  bytes: number;
  sha256: string;
}

export interface ReadOptions {
  path: string;
  spec: FileSpec;
  /** What to do about a bad file, the end of every error's sentence. */
  remedy: string;
  onProgress?: OnProgress | undefined;
  /** Takes the uncompressed content piece by piece. */
  consume: (chunk: Uint8Array) => void;
}

/**
 * Streams a file (gunzipped where its name ends in .gz) to `consume` and checks size and SHA-256 on the way. What
 * was consumed may be used only once the promise is fulfilled. Where the file is bad and its other form (with or without
 * .gz) lies beside it, the error tells whether that one is whole.
 * @throws DataError `truncated`, `format` (too long, corrupt gzip), `checksum`, `unreadable`; and what `consume` throws.
 */
export async function readVerified(options: ReadOptions): Promise<void> {
  try {
    await readOnce(options);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const hint = await hintOfOther(options);
    throw hint ? new DataError(error.code, `${error.message} ${hint}`, { cause: error }) : error;
  }
}

async function readOnce(options: ReadOptions): Promise<void> {
  const { path, remedy } = options;
  const gunzip = isGzipName(path);
  const content = fileContent(path, { gunzip });
  try {
    await readVerifiedContent(gunzip ? gunzippedOnce(content, path, remedy) : content, options);
  } catch (error) {
    throw readError(error, path, remedy);
  }
}

const isGzipName = (path: string) => /\.gz$/i.test(path);

/** Names gzip inside gzip, which would otherwise be told as the first wrong byte of the content. */
async function* gunzippedOnce(
  content: AsyncIterable<Uint8Array>,
  path: string,
  remedy: string,
): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of content) {
    if (first && chunk[0] === 0x1f && chunk[1] === 0x8b) {
      throw new DataError(
        'format',
        `${path} should be gzipped once, but its content is gzipped again: gunzip it once, or ${remedy}.`,
      );
    }
    first = false;
    yield chunk;
  }
}

/** What to do with a bad file beside whose other form, plain or gzipped, is whole; undefined where it is not. */
async function hintOfOther({ path, spec, remedy }: ReadOptions): Promise<string | undefined> {
  const other = isGzipName(path) ? path.slice(0, -3) : `${path}.gz`;
  try {
    await readOnce({ path: other, spec, remedy, consume: () => {} });
  } catch (error) {
    // The other file is of no use, whatever is wrong with it: there is no hint, and the first error is told.
    if (error instanceof DataError) return undefined;
    throw error;
  }
  return `This was read from ${path}; ${other}, beside it, is whole: move ${path} away, so that the whole one is read.`;
}

/**
 * As `readVerified`, for content that comes from elsewhere, such as an archive's entry; `path` names it in errors.
 * @throws DataError `truncated`, `format` (too long), `checksum`; and what `source` and `consume` throw.
 */
export async function readVerifiedContent(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  { path, spec, remedy, onProgress, consume }: ReadOptions,
): Promise<void> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of source) {
    bytes += chunk.length;
    if (bytes > spec.bytes) {
      throw new DataError(
        'format',
        `${path} should hold ${spec.bytes} bytes of content, but it holds more: ${remedy}.`,
      );
    }
    hash.update(chunk);
    consume(chunk);
    onProgress?.({ stage: 'read', file: basename(path), bytes, total: spec.bytes });
  }
  if (bytes < spec.bytes) {
    throw new DataError(
      'truncated',
      `${path} should hold ${spec.bytes} bytes of content, but it ends after ${bytes}: ${remedy}.`,
    );
  }
  const sha256 = hash.digest('hex');
  if (sha256 !== spec.sha256) {
    throw new DataError(
      'checksum',
      `The content of ${path} should have the SHA-256 ${spec.sha256}, but it has ${sha256}: ${remedy}.`,
    );
  }
}

/** Errors of the system and of zlib become sentences; errors of `consume` pass as they are. */
export function readError(error: unknown, path: string, remedy: string, what = 'a gzip file'): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') {
    return new DataError(
      'truncated',
      `${path} should be ${what.replace('a ', 'a whole ')}, but it ends early: ${remedy}.`,
      {
        cause: error,
      },
    );
  }
  if (code?.startsWith('Z_')) {
    return new DataError('format', `${path} should be ${what}, but it is corrupt (${code}): ${remedy}.`, {
      cause: error,
    });
  }
  if (syscall === undefined) return error;
  return new DataError(
    'unreadable',
    `${path} should be a readable file, but reading it gave ${reasonOf(error)}: make it readable, or ${remedy}.`,
    { cause: error },
  );
}
