import { setImmediate } from 'node:timers/promises';

/**
 * A function that lets timers, signals and other programs' messages through, at most every so many milliseconds: a loop
 * over TensorFlow.js operations waits for nothing, and would hear of Ctrl-C at its end only.
 */
export function eventYielder(milliseconds = 50): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await setImmediate();
    last = performance.now();
  };
}
