/** A failure that one sentence explains; no stack trace is needed. */
export class BenchError extends Error {
  override name = 'BenchError';
}
