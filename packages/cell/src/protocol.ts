/** Data of one display in several types, such as `{ 'text/plain': 'a', 'image/png': bytes }`; bytes are sent as base64. */
export type MimeBundle = Record<string, unknown>;

export interface DisplayOptions {
  /** Metadata by type, such as `{ 'image/png': { width: 400 } }`. */
  metadata?: Record<string, unknown>;
  /** Names the display, so that a later call can change it. */
  displayId?: string;
  /** Changes the display named `displayId` in place of adding one. */
  update?: boolean;
}

/** Shows a bundle in the output of the running cell. */
export type DisplayFunction = (bundle: MimeBundle, options?: DisplayOptions) => void;

/** Turns a value into a bundle; undefined where it is not the kind of value that this displayer knows. */
export interface Displayer {
  name: string;
  display(value: unknown): MimeBundle | undefined | Promise<MimeBundle | undefined>;
}

/** `globalThis[cellSignalSymbol]`: the AbortSignal of the cell that asks. Reading it says that somebody will obey it. */
export const cellSignalSymbol = Symbol.for('jupyter.cellSignal');

/** `globalThis[displaySymbol]`: a {@link DisplayFunction}. */
export const displaySymbol = Symbol.for('jupyter.display');

/** `globalThis[displayersSymbol]`: the registered {@link Displayer}s, an array; the last one is asked first. */
export const displayersSymbol = Symbol.for('jupyter.displayers');

/** A method of a value that returns its bundle, or a promise of it, as Deno's kernel asks for it. */
export const ownDisplaySymbol = Symbol.for('Jupyter.display');
