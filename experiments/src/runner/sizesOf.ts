import type { RowModel } from '../experiment.js';
import { ownSettings } from './ownSettings.js';

/** Depths and widths of a run, as `layers 7, h 16`; kernels and connections are left out. */
export function sizesOf(model: RowModel, settings: Record<string, unknown>): string {
  return ownSettings(model, settings)
    .filter((key) => typeof settings[key] === 'number' && !/kernel/i.test(key))
    .map((key) => `${key} ${settings[key]}`)
    .join(', ');
}
