import type { ArchiveEntry } from '../archives/tarEntries.js';
import { DataError } from '../dataError.js';

/**
 * An entry's whole content in memory.
 * @throws DataError `format` for one that is no file, or above `limit` bytes, before it is read; `truncated` for one shorter than it says.
 */
export async function readWhole(
  { name, bytes, content, problem }: ArchiveEntry,
  { archive, remedy, limit }: { archive: string; remedy: string; limit: number },
): Promise<Uint8Array> {
  if (problem !== undefined) {
    throw new DataError('format', `${archive} should hold ${name} as a file, but ${problem}: ${remedy}.`);
  }
  if (bytes > limit) {
    throw new DataError(
      'format',
      `${archive} should hold entries of at most ${limit} bytes, but ${name} has ${bytes}: ${remedy}.`,
    );
  }
  const whole = new Uint8Array(bytes);
  let filled = 0;
  for await (const chunk of content) {
    if (filled + chunk.length > bytes) {
      throw new DataError(
        'format',
        `${archive} says that ${name} has ${bytes} bytes, but it holds more: ${remedy}.`,
      );
    }
    whole.set(chunk, filled);
    filled += chunk.length;
  }
  if (filled < bytes) {
    throw new DataError(
      'truncated',
      `${archive} says that ${name} has ${bytes} bytes, but it ends after ${filled}: ${remedy}.`,
    );
  }
  return whole;
}
