import { EngineError } from '@pixelrnn/engine';

/** A mistake in what was asked for: the command line ends with exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** An engine was asked for that does not exist: no run can begin. */
export const isUnknownEngine = (error: unknown): boolean => error instanceof EngineError && error.usage;

/** Whether it ends the command line with exit code 2: also where an engine was asked for that does not exist. */
export const isUsage = (error: unknown): boolean => error instanceof UsageError || isUnknownEngine(error);
