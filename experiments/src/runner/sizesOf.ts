import type { RowModel } from '../experiment.js';

/** Depths and widths of a run, as `layers 7, h 16`; kernels and connections are left out. */
export function sizesOf({ settings: { shape } }: RowModel, settings: Record<string, unknown>): string {
  return Object.keys(shape)
    .filter((key) => typeof settings[key] === 'number' && !/kernel/i.test(key))
    .map((key) => `${key} ${settings[key]}`)
    .join(', ');
}
