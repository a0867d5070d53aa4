import type { Communicator } from './communicator.js';

/**
 * A rank's share of so many things in a row: positions from `begin` to before `end`. The shares of all ranks follow each
 * other, have all of them, and their sizes differ by one at most.
 */
export function shareOf(
  count: number,
  { rank, size }: Pick<Communicator, 'rank' | 'size'>,
): { begin: number; end: number } {
  return { begin: Math.floor((rank * count) / size), end: Math.floor(((rank + 1) * count) / size) };
}
