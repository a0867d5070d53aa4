/** What a {@link FileError} is about. */
export type FileErrorCode = 'locked' | 'unwritable';

/** A file that cannot be written, or a folder that somebody else works in. */
export class FileError extends Error {
  override name = 'FileError';

  constructor(
    readonly code: FileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What to say where a file cannot be written; `cause` is the system's error. */
export function cannotWrite(path: string, cause: unknown): FileError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new FileError(
    'unwritable',
    `Cannot write ${path}: ${reason}. Check that its folder is writable and has space.`,
    { cause },
  );
}

/** Whether an error, or its cause, is a full disk or a spent quota: what may pass by itself. */
export function isDiskFull(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOSPC' || code === 'EDQUOT' || isDiskFull(error.cause);
}
