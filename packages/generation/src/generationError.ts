/**
 * What a {@link GenerationError} is about: options or images that do not fit (`usage`), a model that cannot do it (`model`),
 * or a compressed file: `format`, it is none or of another version; `truncated`; `trailing` bytes; `damaged`; of another
 * model or other conditions (`other-model`); `too-large` for the limit set.
 */
export type GenerationErrorCode =
  | 'usage'
  | 'model'
  | 'format'
  | 'truncated'
  | 'trailing'
  | 'damaged'
  | 'other-model'
  | 'too-large';

export class GenerationError extends Error {
  override name = 'GenerationError';

  constructor(
    readonly code: GenerationErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** @throws GenerationError `usage` */
export function usage(message: string): never {
  throw new GenerationError('usage', message);
}

/** What a value is, for an error: `null`, `undefined` or the name of its class. */
export const kindOf = (value: unknown): string =>
  value === null || value === undefined ? String(value) : (value.constructor?.name ?? typeof value);
