/** Where a notebook's kernel keeps the signal of the cell that runs: a registered symbol, which every copy of a package sees. */
const cellSignalKey = Symbol.for('jupyter.cellSignal');

/**
 * The signal of the notebook's cell that runs now, aborted when the user interrupts it; undefined outside of notebooks. To
 * ask for it is to take it: the kernel then leaves the end of the cell to whoever asked.
 */
export function cellSignal(): AbortSignal | undefined {
  const signal = (globalThis as { [cellSignalKey]?: unknown })[cellSignalKey];
  return signal instanceof AbortSignal ? signal : undefined;
}
