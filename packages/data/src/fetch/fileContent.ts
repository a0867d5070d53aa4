import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 1 << 20;

/**
 * A file's content, piece by piece; an error in the body of the caller's loop passes as it is, and closes the file.
 * @param onChunk takes the bytes of the file on the disk, compressed or not, as they are read
 */
export async function* fileContent(
  path: string,
  { gunzip = false, onChunk }: { gunzip?: boolean; onChunk?: ((chunk: Uint8Array) => void) | undefined } = {},
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (onChunk) file.on('data', (chunk) => onChunk(chunk as Buffer));
  yield* gunzip ? gunzipped(file) : (file as AsyncIterable<Buffer>);
}

/** The inflated content of a gzip stream. The error of the source or of zlib that comes first is the one that is thrown. */
export async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const inflated = createGunzip({ chunkSize: CHUNK_BYTES });
  // The loop sees the error too, as the end of its stream; this is the one that came first.
  const failure = pipeline(source, inflated).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  try {
    yield* inflated as AsyncIterable<Buffer>;
  } catch (error) {
    throw (await failure)?.error ?? error;
  } finally {
    inflated.destroy(); // ends the source too, where a loop was left early
  }
}
