import { type DisplayFunction, displaySymbol } from './protocol.js';

/** What shows bundles in the running cell's output; undefined where no kernel shares it. */
export const sharedDisplay = (): DisplayFunction | undefined =>
  (globalThis as { [displaySymbol]?: DisplayFunction })[displaySymbol];

/** Whether this process runs the cells of a notebook whose kernel shares its display. */
export const inNotebook = (): boolean => sharedDisplay() !== undefined;
