/** A failure that one sentence explains; no stack trace is needed. */
export class BenchError extends Error {
  override name = 'BenchError';

  constructor(
    message: string,
    /** Exit code of the program: 2 for wrong usage. */
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
