/** Raised when no engine, or not the one asked for, can run here; the message names the cause and the remedy. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  /** Whether something was asked for that does not exist: a command line then ends with exit code 2 instead of 1. */
  readonly usage: boolean;

  constructor(message: string, options: { cause?: unknown; usage?: boolean } = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.usage = options.usage ?? false;
  }
}
