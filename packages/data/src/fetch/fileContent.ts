import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const CHUNK_BYTES = 1 << 20;

export interface FileContentOptions {
  gunzip?: boolean;
  /** Takes the bytes of the file on the disk, compressed or not, as they are read. */
  onChunk?: ((chunk: Uint8Array) => void) | undefined;
}

/**
 * A file's content, piece by piece. The error of the disk or of zlib that comes first is the one that is thrown; an error in
 * the body of the caller's loop passes as it is, whatever becomes of the streams then.
 */
export async function* fileContent(
  path: string,
  { gunzip = false, onChunk }: FileContentOptions = {},
): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  if (onChunk) file.on('data', (chunk) => onChunk(chunk as Buffer));
  if (!gunzip) {
    yield* file as AsyncIterable<Buffer>;
    return;
  }
  const inflated = createGunzip({ chunkSize: CHUNK_BYTES });
  // The loop sees the error too, as the end of its stream; this is the one that came first.
  const failure = pipeline(file, inflated).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  let wanted = true;
  try {
    yield* inflated as AsyncIterable<Buffer>;
    wanted = false;
  } catch (error) {
    throw (await failure)?.error ?? error;
  } finally {
    // A loop that was left early closes the file.
    if (wanted) file.destroy();
    inflated.destroy();
  }
}
