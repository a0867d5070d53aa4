import { cellSignalSymbol } from './protocol.js';

/**
 * The signal of the notebook's cell that runs now, aborted when the user interrupts it; undefined outside of notebooks. To
 * ask for it is to take it: the kernel then leaves the end of the cell to whoever asked.
 */
export function cellSignal(): AbortSignal | undefined {
  const signal = (globalThis as { [cellSignalSymbol]?: unknown })[cellSignalSymbol];
  return signal instanceof AbortSignal ? signal : undefined;
}
