import { createRequire } from 'node:module';

/** The part of tslab's `dist/jupyter.js` that sends a display; `lastWriteDisplayData` is null until a cell runs. */
interface TslabJupyter {
  lastWriteDisplayData:
    | ((
        message: { data: Record<string, unknown>; metadata: object; transient: object },
        update: boolean,
      ) => void)
    | null;
}

/** What a kernel shares with libraries, such as that of `@pixelrnn/kernel`: shows one display in several types. */
const displaySymbol = Symbol.for('jupyter.display');

/**
 * What sends a bundle to the running cell's output, undefined outside a notebook. In a kernel that shares nothing, plain tslab,
 * its module is in Node's own cache: it runs in this process.
 */
export function bundleSender(): ((data: Record<string, unknown>) => void) | undefined {
  const shared = (globalThis as { [displaySymbol]?: (bundle: Record<string, unknown>) => void })[
    displaySymbol
  ];
  if (shared) return shared;
  const { cache } = createRequire(import.meta.url);
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel = path === undefined ? undefined : (cache[path]?.exports as TslabJupyter);
  const write = kernel?.lastWriteDisplayData;
  return write ? (data) => write({ data, metadata: {}, transient: {} }, false) : undefined;
}

/** Whether this process runs the cells of a notebook. */
export function inNotebook(): boolean {
  return bundleSender() !== undefined;
}
