/** Milliseconds after which others may run. */
export const breathMilliseconds = 40;

/**
 * What long work awaits now and then, so that timers, signals of the process and other events get their turn: nothing for 40 ms,
 * then a turn of the event loop. Awaiting TensorFlow's data alone gives them none.
 */
export function breather(): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    if (performance.now() - breathed < breathMilliseconds) return;
    await new Promise((resolve) => setTimeout(resolve)); // in a page too, which has no setImmediate
    breathed = performance.now();
  };
}
