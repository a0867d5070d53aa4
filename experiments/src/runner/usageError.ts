/** A mistake in what was asked for: the command line ends with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}
