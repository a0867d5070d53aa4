/**
 * What went wrong: `checksum` (other content than published), `truncated` (a file ends early), `format` (not the
 * format it should be), `network` (nothing usable came from the address), `unwritable` (folder or disk takes no
 * file), `unreadable` (a file is there but cannot be read), `missing` (a file is not there and was not to be
 * downloaded), `usage` (an option of the caller).
 */
export type DataErrorCode =
  | 'checksum'
  | 'truncated'
  | 'format'
  | 'network'
  | 'unwritable'
  | 'unreadable'
  | 'missing'
  | 'usage';

/** The one error class of this package: a sentence with what was expected, what came and what to do. */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: DataErrorCode;

  /** What is wrong with an image that cannot be used, without the rest of the sentence. */
  readonly came: string | undefined;

  constructor(code: DataErrorCode, message: string, options?: { cause?: unknown; came?: string }) {
    super(message, options);
    this.code = code;
    this.came = options?.came;
  }
}

/** The system's code of an error (`ENOENT`, `ECONNREFUSED`), also where fetch hides it in a cause; else its message. */
export function reasonOf(error: unknown): string {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (typeof code === 'string') return code;
    if (!(cause.cause instanceof Error)) return cause.message;
  }
  return String(error);
}
