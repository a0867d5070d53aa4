import { cellSignal } from '@pixelrnn/cell';
import { TrainingError } from './trainingError.js';

const signals = ['SIGINT', 'SIGTERM'] as const;

/**
 * Runs `body` with an abort signal that the first SIGINT or SIGTERM triggers, its reason a {@link TrainingError} that
 * knows the exit code. A second one ends the process at once. After `body` signals do what they did before. In a notebook
 * the interrupt of the cell triggers it, and the process listens to no other signals than before.
 *
 * @throws TrainingError `interrupted` too where the signal came so late that `body` ended well: the caller must not go on
 */
export async function onInterrupt<T>(body: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stopListening = listen(controller);
  try {
    const value = await body(controller.signal);
    controller.signal.throwIfAborted();
    return value;
  } finally {
    stopListening();
  }
}

/** @returns a function that ends it */
function listen(controller: AbortController): () => void {
  const cell = cellSignal();
  if (cell) {
    const abort = () => controller.abort(interrupted('SIGINT'));
    if (cell.aborted) abort();
    cell.addEventListener('abort', abort);
    return () => cell.removeEventListener('abort', abort);
  }
  const handle = (name: NodeJS.Signals) => {
    const error = interrupted(name as (typeof signals)[number]);
    if (controller.signal.aborted) process.exit(error.exitCode);
    controller.abort(error);
  };
  for (const name of signals) process.on(name, handle);
  return () => {
    for (const name of signals) process.off(name, handle);
  };
}

function interrupted(name: (typeof signals)[number]): TrainingError {
  return new TrainingError('interrupted', `stopped by ${name}. The same command resumes from here.`, name);
}
