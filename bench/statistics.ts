/**
 * The middle value; the mean of the two middle ones where their number is even.
 *
 * @throws Error without values
 */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('median: expected at least one value, got none');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

/** Ours over the best of the peers; null where no peer was measured. */
export function ratioToBest(ours: number, peers: readonly (number | null)[]): number | null {
  const measured = peers.filter((peer) => peer !== null);
  return measured.length === 0 ? null : ours / Math.max(...measured);
}
