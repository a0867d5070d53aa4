import { distance } from 'fastest-levenshtein';

/** At most this many are offered. */
const most = 3;

/** ` Did you mean table4 or table5?`, the end of an error, where some of the names are near to what was written, else nothing. */
export function didYouMean(written: string, names: readonly string[]): string {
  const far = Math.max(2, Math.floor(written.length / 3));
  const near = names
    .map((name) => ({ name, edits: distance(written.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= far || name.startsWith(written) || written.startsWith(name))
    .sort((a, b) => a.edits - b.edits)
    .slice(0, most)
    .map(({ name }) => name);
  return near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`;
}
