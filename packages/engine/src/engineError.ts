/** Raised when no engine, or not the one asked for, can run here; the message names the cause and the remedy. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}
