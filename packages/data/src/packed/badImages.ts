import { DataError } from '../dataError.js';

/** An image that cannot be used. */
export interface BadImage {
  /** The file or folder it is in. */
  archive: string;
  name: string;
  /** Names image and fault; its `came` is the fault alone. */
  error: DataError;
}

const SHOWN = 20;

/** `a, b and 3 more`, so that a sentence about a million files stays one. */
export function firstNames(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return names.slice(0, SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** One error for all images that cannot be used: how many they are, the first 20 of them, and what to do; at least one. */
export function badImagesError(bad: readonly BadImage[], remedy: string): DataError {
  const leave = 'leave out what cannot be used with skipBad (--skip-bad)';
  const first = bad[0]!;
  if (bad.length === 1) {
    return new DataError(first.error.code, `${first.error.message.replace(/\.$/, '')}, or ${leave}.`, {
      cause: first.error,
    });
  }
  const lines = bad.slice(0, SHOWN).map(({ archive, name, error }) => `  ${archive}, ${name}: ${error.came}`);
  if (bad.length > SHOWN) lines.push(`  and ${bad.length - SHOWN} more`);
  return new DataError(
    first.error.code,
    `${bad.length} images cannot be used:\n${lines.join('\n')}\nFor each of them ${remedy}, or ${leave}.`,
    { cause: first.error },
  );
}

/** The list that is written beside a packed file without these images: a name and a fault a line. */
export const badImagesList = (bad: readonly BadImage[]): string =>
  bad.map(({ name, error }) => `${name}\t${error.came}\n`).join('');
