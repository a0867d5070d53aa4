import { TrainingError } from './trainingError.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `body` with an abort signal that the first SIGINT or SIGTERM triggers, its reason a {@link TrainingError} that
 * knows the exit code. A second one ends the process at once. After `body` signals do what they did before.
 *
 * @throws TrainingError `interrupted` too where the signal came so late that `body` ended well: the caller must not go on
 */
export async function onInterrupt<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals) => {
    const error = new TrainingError(
      'interrupted',
      `stopped by ${name}. The same command goes on from here.`,
      name as (typeof signals)[number],
    );
    if (controller.signal.aborted) process.exit(error.exitCode);
    controller.abort(error);
  };
  for (const name of signals) process.on(name, handle);
  try {
    const value = await body(controller.signal);
    controller.signal.throwIfAborted();
    return value;
  } finally {
    for (const name of signals) process.off(name, handle);
  }
}
