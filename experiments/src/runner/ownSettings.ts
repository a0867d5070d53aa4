import type { RowModel } from '../experiment.js';

/** The keys of a model's own settings that have a say in a run with these: what labels, cards and departures list. */
export function ownSettings(
  { settings: { shape }, idle }: RowModel,
  settings: Record<string, unknown>,
): string[] {
  const without = idle?.(settings) ?? [];
  return Object.keys(shape).filter((key) => !without.includes(key));
}
