import type { Completion } from '../tslab.js';

export interface Matches {
  start: number;
  end: number;
  matches: string[];
}

/** A string that an import takes, up to the cursor. */
const importString = /(?:\bfrom|\bimport|\b(?:import|require)\s*\()\s*(['"])([^'"\n]*)$/;

/**
 * tslab's answer, with its entries narrowed inside the string of an import, where tslab offers all of them at the cursor.
 * @param cursor in UTF-16 units, as all positions here
 */
export function matchesAt(completion: Completion, code: string, cursor: number): Matches {
  const typed = importString.exec(code.slice(0, cursor))?.[2];
  const entries = completion.original?.entries;
  if (typed === undefined || !entries) {
    return { start: completion.start, end: completion.end, matches: completion.candidates };
  }
  // After a slash, entries are what may follow it.
  const prefix = typed.slice(typed.lastIndexOf('/') + 1);
  const start = cursor - prefix.length;
  const matches = entries.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  return { start, end: cursor, matches: [...new Set(matches)].sort() };
}
