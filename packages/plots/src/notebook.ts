import { createRequire } from 'node:module';
import { displaySymbol } from '@pixelrnn/cell';

type Bundle = Record<string, unknown>;

/** Shows a bundle, its parts by MIME type, with metadata by MIME type. */
export type SendBundle = (bundle: Bundle, options?: { metadata?: Bundle }) => void;

/** The part of tslab's `dist/jupyter.js` that sends a display; `lastWriteDisplayData` is null until a cell runs. */
interface TslabJupyter {
  lastWriteDisplayData:
    | ((message: { data: Bundle; metadata: object; transient: object }, update: boolean) => void)
    | null;
}

/** What Deno's kernel has for its cells; it shows a value as the value's own `Jupyter.display` says. */
interface DenoGlobal {
  Deno?: { jupyter?: { display?: (value: object) => Promise<void> } };
}

/**
 * What sends a bundle to the running cell's output, undefined outside a notebook. In a kernel that shares nothing, plain tslab,
 * its module is in Node's own cache: it runs in this process. Deno's kernel takes no metadata.
 */
export function bundleSender(): SendBundle | undefined {
  const shared = (globalThis as { [displaySymbol]?: SendBundle })[displaySymbol];
  if (shared) return shared;
  const deno = (globalThis as DenoGlobal).Deno?.jupyter;
  if (deno?.display) {
    const { display } = deno;
    return (data) => void display({ [Symbol.for('Jupyter.display')]: () => data });
  }
  const { cache } = createRequire(import.meta.url);
  const path = Object.keys(cache).find((name) => /[\\/]tslab[\\/]dist[\\/]jupyter\.js$/.test(name));
  const kernel = path === undefined ? undefined : (cache[path]?.exports as TslabJupyter);
  const write = kernel?.lastWriteDisplayData;
  return write
    ? (data, { metadata = {} } = {}) => write({ data, metadata, transient: {} }, false)
    : undefined;
}

/** Whether this process runs the cells of a notebook. */
export function inNotebook(): boolean {
  return bundleSender() !== undefined;
}
